from django.apps import AppConfig


class BodiesConfig(AppConfig):
    name = "linli.work.deliberation.bodies"
    label = "bodies"
    verbose_name = "议事组织"

    def ready(self) -> None:
        """Say what this part's codes are called."""
        from linli.foundation.audit.words import verb_words_add

        from .words import RECORDED

        verb_words_add(RECORDED)
