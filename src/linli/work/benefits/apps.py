from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "linli.work.benefits"
    label = "benefits"
    verbose_name = "政策找人"

    def ready(self) -> None:
        """Say what this room's records are called."""
        from linli.foundation.audit.words import verb_words_add

        from .authoring.words import RECORDED

        verb_words_add(RECORDED)
