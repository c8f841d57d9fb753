"""Refusals of input, said once beside the field and once above the form."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from linli.core.errors import Conflict, InvalidInput

from .models import Assignment


def invalid(**fields: str) -> InvalidInput:
    """Return the refusal of some fields; the first one's words are its message."""
    return InvalidInput(next(iter(fields.values())), details=fields)


def invalid_if(wrong: Mapping[str, str]) -> None:
    """Raise ``InvalidInput`` if anything is wrong."""
    if wrong:
        raise invalid(**wrong)


def refuse_ended(assignment: Assignment) -> None:
    """Raise ``Conflict`` for a part that has ended, or that a whistle called and its own page handles."""
    if assignment.ended_at is not None:
        raise Conflict(
            _("这件交办已结束（%(state)s），只能查看。") % {"state": assignment.get_state_display()}
        )
    if assignment.part == Assignment.Part.WHISTLED and assignment.whistle_calls.exists():
        raise Conflict(_("这件交办是吹哨请来的，请在吹哨的页面上报到、反馈。"))
