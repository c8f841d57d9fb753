from typing import Any

from django.apps import AppConfig


class ResolutionsConfig(AppConfig):
    name = "linli.work.deliberation.resolutions"
    label = "resolutions"
    verbose_name = "决议"

    def ready(self) -> None:
        """Say what this part's codes are called, and what may be pressed beside its duties."""
        from linli.foundation.audit.words import verb_words_add
        from linli.foundation.duties.todoparts import BulkBar, room_acts_add

        from .words import RECORDED

        verb_words_add(RECORDED)
        room_acts_add("resolutions", _presses, lambda actor: BulkBar("", ()))


def _presses(actor: Any, duties: Any) -> Any:
    from .presses import duty_presses  # its addresses need the rooms, which are not there yet at start-up

    return duty_presses(actor, duties)
