"""The matters' gallery, for pages that join rooms."""

from linli.work.matters.tests.conftest import gallery, gallery_of_module, life

__all__ = ["gallery", "gallery_of_module", "life"]
