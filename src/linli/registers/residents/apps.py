from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "linli.registers.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        """Search tokens are a consequence of what a person holds; and this room's codes have names."""
        from linli.core.service import sink_table
        from linli.core.subjects import subjects_add
        from linli.foundation.audit.words import verb_words_add

        from .finding.selectors import subjects_of_person
        from .words import VERBS

        sink_table("residents_searchtoken")
        verb_words_add(VERBS)
        subjects_add(subjects_of_person)
