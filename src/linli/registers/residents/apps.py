from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Assurance


class ResidentsConfig(AppConfig):
    name = "linli.registers.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        """Say what follows from other rows, what codes are called, who is meant, and what is lived in."""
        from linli.core.actor import assurance_source_set
        from linli.core.service import sink_table
        from linli.core.subjects import subjects_add
        from linli.foundation.audit.words import field_words_add, verb_words_add
        from linli.foundation.imports.targets import target_add
        from linli.foundation.places.usage import part_users_add

        from .finding.selectors import subjects_of_person
        from .importing.targets import targets
        from .own.telling import carriers_declare
        from .placing import parts_lived_in, parts_worked_in
        from .words import VERBS, looked_words

        assurance_source_set(_assurance_of)
        for index in ("searchtoken", "alike"):  # consequences of what people hold
            sink_table(f"residents_{index}")
        verb_words_add(VERBS)
        field_words_add("residents", looked_words())
        subjects_add(subjects_of_person)
        carriers_declare()
        part_users_add("residents.households", _("有人居住"), parts_lived_in)
        part_users_add("residents.establishments", _("有单位使用"), parts_worked_in)
        for target in targets():
            target_add(target)


def _assurance_of(person_id: int) -> Assurance:
    from .linking.selectors import assurance_of  # needs the tables, which are not there yet at start-up

    return assurance_of(person_id)
