"""The policies and figures that come with the software, put in once; what a city has written stays."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.service import record, service
from linli.foundation.places.models import Division

from ...language.shipped import ShippedPolicy, ShippedStandard, policies_shipped, standards_shipped
from ...models import Policy, PolicyVersion, StandardValue
from ...models.policies import VersionState
from ..drafts import digest_of
from ..permissions import can_ship_policies
from ..selectors import PUBLISHED


@service
def policies_ship(*, actor: Actor, place: Division) -> tuple[int, int]:
    """Put what comes with the software in force in a city; returns how many versions and figures are new.

    Done again it adds only what a newer release brings: versions later than any that the city has, figures
    of days for which it has none.
    """
    if not can_ship_policies(actor):
        raise NotAllowed()
    figures = sum(_standard_put(place, row) for row in standards_shipped())
    return sum(_policy_put(place, shipped) for shipped in policies_shipped()), figures


def _standard_put(place: Division, row: ShippedStandard) -> bool:
    at = {"code": row.code, "area_path": place.path, "from_on": row.from_on}
    if StandardValue.objects.filter(**at).exists():
        return False
    more = {"name": row.name, "amount": row.amount, "is_money": row.is_money, "source": row.source[:200]}
    now = clock.now()
    made = StandardValue(**at, **more, mark=row.mark, state=VersionState.PUBLISHED)
    made.proposed_at = made.published_at = now
    made.save(force_insert=True)
    record("standard.ship", made)
    return True


def _policy_put(place: Division, shipped: ShippedPolicy) -> int:
    policy = Policy.objects.select_for_update().filter(code=shipped.code).first()
    if policy is not None and policy.area_path != place.path:
        return 0
    is_new = policy is None
    if policy is None:
        policy = Policy(code=shipped.code, name=shipped.name, authority=shipped.authority, unit=shipped.unit)
        policy.area_path, policy.place_code, policy.created_at = place.path, place.code, clock.now()
        policy.save(force_insert=True)
    made = _versions_put(policy, shipped)
    if is_new or made:
        record("policy.ship", made[0] if made and not is_new else policy, touched=[PolicyVersion])
    return len(made)


def _versions_put(policy: Policy, shipped: ShippedPolicy) -> list[PolicyVersion]:
    latest = policy.versions.filter(PUBLISHED).aggregate(last=Max("from_on"))["last"]
    number = policy.versions.aggregate(last=Max("number"))["last"] or 0
    made = list[PolicyVersion]()
    for one in shipped.versions:
        if latest is not None and one.from_on <= latest:
            continue
        number, now = number + 1, clock.now()
        version = PolicyVersion(policy=policy, number=number, text=one.text, cases=one.cases)
        version.state, version.from_on, version.to_on = VersionState.PUBLISHED, one.from_on, one.to_on
        version.document, version.remark = one.document[:120], (one.remark or _("随软件提供"))[:200]
        version.made_at = version.changed_at = version.published_at = now
        version.digest = digest_of(version)
        version.save(force_insert=True)
        made.append(version)
    return made
