from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "linli.work.deliberation.elections"
    label = "elections"
    verbose_name = "选举"

    def ready(self) -> None:
        """Say what this part's codes are called."""
        from linli.foundation.audit.words import verb_words_add

        from .words import RECORDED

        verb_words_add(RECORDED)
