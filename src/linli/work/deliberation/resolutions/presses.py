"""What may be pressed beside this part's duties on the page 待办."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.duties.models import Duty
from linli.foundation.duties.todoparts import Press

from .models import Resolution, Task
from .permissions import can_run_resolution, can_work_task

FORMS = {"publish": "publish", "receive": "receive", "refile": "ask_filing", "finish": "finish"}


def duty_presses(actor: Actor, duties: Sequence[Duty]) -> Mapping[str, Sequence[Press]]:
    """Return each duty's own form, a task's is its progress; what has climbed stays with those below."""
    forms = {**_of_resolutions(actor, duties), **_of_tasks(actor, duties)}
    return {pk: [Press(_(label), "clipboard-check", url)] for pk, (label, url) in forms.items()}


def _of_resolutions(actor: Actor, duties: Sequence[Duty]) -> dict[str, tuple[str, str]]:
    wanted = [duty for duty in duties if duty.action in FORMS]
    rows = Resolution.objects.filter(public_id__in=[duty.subject_id for duty in wanted])
    own = {str(row.public_id) for row in rows if can_run_resolution(actor, row)}
    return {
        str(duty.pk): (
            str(duty.action_label),
            reverse("resolutions:act", args=[duty.subject_id, FORMS[duty.action]]),
        )
        for duty in wanted
        if str(duty.subject_id) in own
    }


def _of_tasks(actor: Actor, duties: Sequence[Duty]) -> dict[str, tuple[str, str]]:
    wanted = [duty for duty in duties if duty.action == "carry_out"]
    rows = Task.objects.filter(public_id__in=[duty.subject_id for duty in wanted])
    tasks = {
        str(task.public_id): task for task in rows.select_related("resolution") if can_work_task(actor, task)
    }
    return {
        str(duty.pk): (
            str(duty.action_label),
            reverse(
                "resolutions:task_act",
                args=[tasks[str(duty.subject_id)].resolution.public_id, duty.subject_id, "progress"],
            ),
        )
        for duty in wanted
        if str(duty.subject_id) in tasks
    }
