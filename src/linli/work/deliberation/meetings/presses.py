"""What may be pressed beside this part's duties on the page 待办."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.duties.models import Duty
from linli.foundation.duties.todoparts import Press

from .models import Meeting
from .permissions import can_run_meeting

FORMS = {"write": ("write", "note"), "again": ("call_again", "refresh")}


def duty_presses(actor: Actor, duties: Sequence[Duty]) -> Mapping[str, Sequence[Press]]:
    """Return for each duty its own form; holding and filing a meeting is done on its page.

    What has climbed to a district or city stays with those below.
    """
    wanted = [duty for duty in duties if duty.action in FORMS]
    rows = Meeting.objects.filter(public_id__in=[duty.subject_id for duty in wanted]).select_related("unit")
    own = {str(row.public_id) for row in rows if can_run_meeting(actor, row)}
    return {
        str(duty.pk): [
            Press(
                _(duty.action_label),
                FORMS[duty.action][1],
                reverse("meetings:act", args=[duty.subject_id, FORMS[duty.action][0]]),
            )
        ]
        for duty in wanted
        if str(duty.subject_id) in own
    }
