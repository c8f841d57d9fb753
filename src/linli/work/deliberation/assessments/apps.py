from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "linli.work.deliberation.assessments"
    label = "assessments"
    verbose_name = "民主评议"

    def ready(self) -> None:
        """Say what this part's codes are called."""
        from linli.foundation.audit.words import verb_words_add

        from .words import RECORDED

        verb_words_add(RECORDED)
