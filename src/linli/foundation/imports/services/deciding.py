"""Rows in conflict: shown in clear for a reason, decided field by field, one by one or many at once."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import record, service

from ..models import Import, QuarantinedRow
from ..permissions import can_see_rows
from .correcting import go_on
from .jobs import job_locked

State = Import.State
MOST = 5_000


@service
def conflicts_look(*, actor: Actor, import_id: int, numbers: Sequence[int]) -> list[QuarantinedRow]:
    """Hand out rows in conflict with both values in clear, to be compared; recorded as a look."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.FAILED, State.HELD))
    if not can_see_rows(actor, job):
        raise NotAllowed(_("有出入的行含个人信息，由上传的人或当地管理员核对。"))
    rows = list(job.quarantine.filter(is_conflict=True, number__in=numbers))
    record("import.look", job, looked_at=["clashes"], purpose=f"核对登记：{len(rows)}行")
    return rows


@service
def conflicts_settle(*, actor: Actor, import_id: int, choices: Mapping[int, Mapping[str, str]]) -> int:
    """Decide rows in conflict: row number → field → choice; they are then taken that way. Returns how many.

    A row is settled when each of its fields is; a choice that a field does not offer is refused, and nothing
    of the whole is kept then.
    """
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.HELD))
    if not can_see_rows(actor, job):
        raise NotAllowed()
    rows = list(job.quarantine.filter(is_conflict=True, number__in=list(choices)).order_by("number")[:MOST])
    if not rows:
        raise InvalidInput(_("这些行已经处理过，或不在这次导入里。"))
    for row in rows:
        _decide(row, choices[row.number])
        row.decided_by_id, row.decided_at, row.is_corrected = actor.person_id, clock.now(), True
    QuarantinedRow.objects.bulk_update(rows, ["decided", "decided_by", "decided_at", "is_corrected"])
    go_on(job=job, verb="import.settle")
    return len(rows)


@service
def conflicts_settle_all(*, actor: Actor, import_id: int, choice: str, field: str = "") -> int:
    """Decide every row in conflict the same way (``keep`` or ``take``); ``field``: only rows about that one.

    A field that does not offer the choice leaves its row waiting.
    """
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.HELD))
    chosen: dict[int, dict[str, str]] = {}
    for row in job.quarantine.filter(is_conflict=True).order_by("number")[:MOST]:
        fields = {clash["field"]: [code for code, _words in clash["choices"]] for clash in row.clashes}
        fits = not field or set(fields) == {field}
        if fits and all(choice in codes for codes in fields.values()):
            chosen[row.number] = dict.fromkeys(fields, choice)
    if not chosen:
        raise InvalidInput(_("没有可以这样一起处理的行，请逐行决定。"))
    return conflicts_settle(actor=actor, import_id=import_id, choices=chosen)


def _decide(row: QuarantinedRow, choices: Mapping[str, str]) -> None:
    for clash in row.clashes:
        offered = [code for code, _words in clash["choices"]]
        if choices.get(clash["field"]) not in offered:
            words = _("第%(n)d行的“%(field)s”还没有选择。") % {"n": row.number, "field": clash["label"]}
            raise InvalidInput(words, details={f"{row.number}.{clash['field']}": words})
    row.decided = {**row.decided, **{clash["field"]: choices[clash["field"]] for clash in row.clashes}}
