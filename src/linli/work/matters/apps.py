from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    name = "linli.work.matters"
    label = "matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Say what this room's codes are called, what can be imported, its audience, and its part of 待办."""
        from linli.foundation.audit.words import verb_words_add
        from linli.foundation.duties.todoparts import room_acts_add
        from linli.foundation.imports.targets import target_add
        from linli.foundation.notices.audiences import Audience, audience_add
        from linli.registers.residents.panels import household_panels_add

        from .household_panel import matters_panel
        from .importing import target
        from .selectors import reporters_of
        from .wording import RECORDED, VERBS

        verb_words_add({f"matter.{verb}": words.desk for verb, words in VERBS.items()})
        verb_words_add(RECORDED)
        target_add(target())
        audience_add(Audience("reporters", _("在这里反映过事情的居民"), reporters_of))
        room_acts_add("matters", _presses, _bar)
        household_panels_add("matters", matters_panel)


def _presses(actor: Any, duties: Any) -> Any:
    from .desk.presses import duty_presses  # its forms need the tables, which are not there yet at start-up

    return duty_presses(actor, duties)


def _bar(actor: Any) -> Any:
    from .desk.presses import bulk_bar

    return bulk_bar(actor)
