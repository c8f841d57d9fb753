from django.apps import AppConfig


class SecretBallotsConfig(AppConfig):
    name = "linli.work.deliberation.secret"
    label = "secret_ballots"
    verbose_name = "无记名投票"

    def ready(self) -> None:
        """Say what this part's codes are called."""
        from linli.foundation.audit.words import verb_words_add

        from .words import RECORDED

        verb_words_add(RECORDED)
