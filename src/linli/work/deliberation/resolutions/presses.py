"""What may be pressed beside this part's duties on the page 待办."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.duties.models import Duty
from linli.foundation.duties.todoparts import Press

from .models import Task

FORMS = {"publish": "publish", "receive": "receive", "refile": "ask_filing", "finish": "finish"}


def duty_presses(actor: Actor, duties: Sequence[Duty]) -> Mapping[str, Sequence[Press]]:
    """Return for each duty its own form; a task's is its progress."""
    tasks = [duty.subject_id for duty in duties if duty.action == "carry_out"]
    homes = dict(Task.objects.filter(public_id__in=tasks).values_list("public_id", "resolution__public_id"))
    owners = {str(key): home for key, home in homes.items()}
    found: dict[str, Sequence[Press]] = {}
    for duty in duties:
        if duty.action in FORMS:
            url = reverse("resolutions:act", args=[duty.subject_id, FORMS[duty.action]])
        elif duty.subject_id in owners:
            url = reverse("resolutions:task_act", args=[owners[duty.subject_id], duty.subject_id, "progress"])
        else:
            continue
        found[str(duty.pk)] = [Press(_(duty.action_label), "clipboard-check", url)]
    return found
