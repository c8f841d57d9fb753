from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "linli.registers.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        """Say what this room's codes are called in the record."""
        from linli.foundation.audit.words import verb_words_add

        from .facts.words import VERBS as FACT_VERBS

        verb_words_add(FACT_VERBS)
