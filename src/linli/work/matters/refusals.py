"""Refusals of this room, and those of every room under the names used here."""

from django.utils.translation import gettext as _

from linli.core.errors import Conflict
from linli.core.errors import invalid as invalid
from linli.core.errors import invalid_if as invalid_if

from .models import Assignment


def refuse_ended(assignment: Assignment) -> None:
    """Raise ``Conflict`` for a part that has ended, or that a whistle called and its own page handles."""
    if assignment.ended_at is not None:
        raise Conflict(
            _("这件交办已结束（%(state)s），只能查看。") % {"state": assignment.get_state_display()}
        )
    if assignment.part == Assignment.Part.WHISTLED and assignment.whistle_calls.exists():
        raise Conflict(_("这件交办是吹哨请来的，请在吹哨的页面上报到、反馈。"))
