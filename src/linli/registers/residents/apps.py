from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "linli.registers.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        """Say what follows from other rows, what codes are called, who is meant, and what is lived in."""
        from linli.core.service import sink_table
        from linli.core.subjects import subjects_add
        from linli.foundation.audit.words import verb_words_add
        from linli.foundation.places.usage import part_users_add

        from .finding.selectors import subjects_of_person
        from .placing import parts_lived_in, parts_worked_in
        from .words import VERBS

        sink_table("residents_searchtoken")
        verb_words_add(VERBS)
        subjects_add(subjects_of_person)
        part_users_add("residents.households", _("有人居住"), parts_lived_in)
        part_users_add("residents.establishments", _("有单位使用"), parts_worked_in)
