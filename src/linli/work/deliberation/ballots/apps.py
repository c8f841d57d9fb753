from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "linli.work.deliberation.ballots"
    label = "ballots"
    verbose_name = "表决"

    def ready(self) -> None:
        """Say what this part's codes are called."""
        from linli.foundation.audit.words import verb_words_add

        from .words import RECORDED

        verb_words_add(RECORDED)
