"""Looking at a household again with what is known now: verdict, amount, what is missing, the sealed trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from linli.core import clock
from linli.core.crypto import key_ring
from linli.core.service import changes_of, require_service
from linli.registers.residents.models import Household, Resident

from ...engine.answers import Judged
from ...engine.households import households_read
from ...models import Lead, PolicyVersion
from ...running.force import MACHINE, Force, household_judged, in_force
from ..traces import trace_sealed, trace_text
from ..workflow import NEW
from .leads import leads_moved

S = Lead.State
CHANGED = ("verdict", "amount", "missing", "trace_sealed", "policy_version")
ENDED = "政策已停止"
NOT_ANY_MORE = "按现在的情况重新核对，不再符合"


@require_service
def leads_judged(*, leads: Sequence[Lead], because: str = "") -> list[Lead]:
    """Look at leads again, household by household; who fits no more is let go, and returned.

    ``because`` says, before the reason, what made one look.
    """
    today, force = clock.today(), in_force(clock.today())
    homes = defaultdict[int, list[Lead]](list)
    for lead in leads:
        homes[lead.household_id].append(lead)
    known = households_read(MACHINE, homes, today)
    gone: dict[str, list[Lead]] = {ENDED: [], NOT_ANY_MORE: []}
    kept = []
    for home, mine in sorted(homes.items()):
        said = household_judged(force, known[home], today, mine[0].area_path)
        for lead in mine:
            why = _looked_at(lead, _about(lead, said.get(lead.policy.code, ())), force)
            if why and lead.state in NEW:
                gone[why].append(lead)
            elif not why:
                kept.append(lead)
    Lead.objects.bulk_update(kept, CHANGED, batch_size=200)
    for why, rows in gone.items():
        if rows:
            leads_moved(leads=rows, to_state=S.GONE, reason=f"{because}{why}")
    return [lead for rows in gone.values() for lead in rows]


def _about(lead: Lead, said: Iterable[Judged]) -> Judged | None:
    return next((one for one in said if one.person == lead.resident_id), None)


def _looked_at(lead: Lead, found: Judged | None, force: Force) -> str:
    """Set what was found on a lead; returns why it is let go, empty where it stands (also where its policy
    cannot be read: then nothing new is known)."""
    if any(version.policy_id == lead.policy_id for version in force.unread):
        return ""
    version = next((one.version for one in force.policies if one.policy.pk == lead.policy_id), None)
    if version is None:
        return ENDED
    if found is None or found.verdict is False:
        return NOT_ANY_MORE
    _set(lead, found, version)
    return ""


def _set(lead: Lead, found: Judged, version: PolicyVersion) -> None:
    lead.verdict = Lead.Verdict.ELIGIBLE if found.verdict else Lead.Verdict.UNKNOWN
    lead.amount, lead.missing = found.amount, list(found.missing)
    lead.policy_version = version
    lead.trace_sealed = trace_sealed(_keyed(lead), trace_text(found, clock.today()))


def _keyed(lead: Lead) -> Resident | Household:
    """Return whom a lead is about, with a data key to seal under."""
    owner: Resident | Household = lead.resident or lead.household
    if not owner.data_key:
        changes_of(owner, data_key=key_ring().key_new())
    return owner
