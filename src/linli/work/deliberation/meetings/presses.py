"""What may be pressed beside this part's duties on the page 待办."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.duties.models import Duty
from linli.foundation.duties.todoparts import Press

FORMS = {"write": ("write", "note"), "again": ("call_again", "refresh")}


def duty_presses(actor: Actor, duties: Sequence[Duty]) -> Mapping[str, Sequence[Press]]:
    """Return for each duty its own form; holding and filing a meeting is done on its page."""
    return {
        str(duty.pk): [
            Press(
                _(duty.action_label),
                FORMS[duty.action][1],
                reverse("meetings:act", args=[duty.subject_id, FORMS[duty.action][0]]),
            )
        ]
        for duty in duties
        if duty.action in FORMS
    }
