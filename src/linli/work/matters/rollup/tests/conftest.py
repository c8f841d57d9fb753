"""The matters of every state, as the room of matters makes them for its own tests."""

from linli.work.matters.tests.conftest import gallery, gallery_of_module, life, people, unchanged

__all__ = ["gallery", "gallery_of_module", "life", "people", "unchanged"]
