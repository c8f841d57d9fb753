"""What may be pressed beside this part's duties on the page 待办."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.duties.models import Duty
from linli.foundation.duties.todoparts import Press

from .words import ICONS

FORMS = {"attend": "check_in", "answer": "answer", "finish": "finish"}


def duty_presses(actor: Actor, duties: Sequence[Duty]) -> Mapping[str, Sequence[Press]]:
    """Return for each duty its own form; rating names a unit, so it stands on the page of the whistle."""
    return {
        str(duty.pk): [
            Press(
                _(duty.action_label),
                ICONS[FORMS[duty.action]],
                reverse("whistles:act", args=[duty.subject_id, FORMS[duty.action]]),
            )
        ]
        for duty in duties
        if duty.action in FORMS
    }
