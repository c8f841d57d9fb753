"""Reading policies: which there are, what counts on a day, the figures of that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import path_prefixes
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from ..models import Policy, PolicyVersion, StandardValue
from ..models.policies import VersionState
from .permissions import can_see_drafts, can_see_policies

PUBLISHED = Q(state=VersionState.PUBLISHED)
RETURNED = Q(state=VersionState.DRAFT, refused_at__isnull=False)
STATES = (*VersionState.values, "returned")


# -- policies -----------------------------------------------------------------------------------------------
def policy_list(actor: Actor, *, words: str = "", state: str = "", unit: str = "") -> QuerySet[Policy]:
    """Return the policies of the actor's areas and above, by words of name, code or authority.

    ``state`` is published, draft, waiting or returned (sent back, being mended). Who does not read drafts
    sees only what has been published.
    """
    if not can_see_policies(actor):
        raise NotAllowed(_("您的岗位不查看惠民政策。"), hint=_("请由居委会、街镇、区或市的工作人员查看。"))
    versions = PolicyVersion.objects.filter(policy=OuterRef("pk"))
    rows: QuerySet[Policy] = Policy.objects.visible_to(actor)
    rows = rows.filter(_readable(actor) | Exists(versions.filter(PUBLISHED)))
    if words := words.strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(code__icontains=words) | Q(authority__icontains=words)
        )
    if state in STATES:
        found = Exists(versions.filter(RETURNED if state == "returned" else Q(state=state)))
        rows = rows.filter(found if state == VersionState.PUBLISHED else found & _readable(actor))
    return rows.filter(unit=unit) if unit in Policy.Unit.values else rows


def _readable(actor: Actor) -> Q:
    """Return of which policies the actor reads drafts, as ``can_see_drafts`` has it."""
    return in_areas("area_path", tuple(area for area in actor.areas if can_see_drafts(actor, area)))


def policy_table(actor: Actor, *, sort: str = "name", **asked: str) -> QuerySet[Policy]:
    """Return ``policy_list`` with what a table shows: the version in force and what is in work."""
    versions = PolicyVersion.objects.filter(policy=OuterRef("pk"))
    begun = versions.filter(PUBLISHED, from_on__lte=clock.today()).order_by("-from_on")
    work = versions.exclude(PUBLISHED)
    rows = policy_list(actor, **asked).annotate(
        number=Subquery(begun.values("number")[:1]),
        from_on=Subquery(begun.values("from_on")[:1]),
        to_on=Subquery(begun.values("to_on")[:1]),
        document=Subquery(begun.values("document")[:1]),
        work=Case(When(_readable(actor), then=Subquery(work.values("state")[:1])), default=Value("")),
        refusal=Case(When(_readable(actor), then=Subquery(work.values("refusal")[:1])), default=Value("")),
        changed=Subquery(versions.order_by("-changed_at").values("changed_at")[:1]),
    )
    orders: dict[str, list[Any]] = {
        "-changed": [F("changed").desc(nulls_last=True)],
        "-begun": [F("from_on").desc(nulls_last=True)],
        "authority": ["authority"],
    }
    return rows.order_by(*orders.get(sort, []), "name", "id")


def policy_get(actor: Actor, public_id: UUID | str) -> Policy:
    """Return one policy that the actor may see, or raise ``NotFound``."""
    found = policy_list(actor).select_related("ending_by").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这项政策。"))
    return found


def area_names(rows: Iterable[Policy | StandardValue]) -> Mapping[str, str]:
    """Return what the areas of policies or figures are called."""
    return division_names({row.area_path for row in rows}, Level.PROVINCE)


# -- versions -----------------------------------------------------------------------------------------------
def _with_policy(policy: Policy, version: PolicyVersion | None) -> PolicyVersion | None:
    if version is not None:
        version.policy = policy
    return version


def version_in_work(policy: Policy) -> PolicyVersion | None:
    """Return the draft, or what waits for a second person."""
    return _with_policy(
        policy, policy.versions.exclude(PUBLISHED).select_related("proposed_by", "refused_by").first()
    )


def version_latest(policy: Policy) -> PolicyVersion | None:
    """Return the published version that begins last."""
    return _with_policy(policy, policy.versions.filter(PUBLISHED).order_by("-from_on").first())


def version_on(policy: Policy, day: date) -> PolicyVersion | None:
    """Return the version that counts on a day; ``None`` before the first, and after an end."""
    rows = policy.versions.filter(PUBLISHED, from_on__lte=day).order_by("-from_on")
    found = _with_policy(policy, rows.first())
    ended = (policy.ended_on, found.to_on) if found else ()
    return None if any(end is not None and end <= day for end in ended) else found


def version_next(policy: Policy, day: date) -> PolicyVersion | None:
    """Return the published version whose day comes next."""
    return _with_policy(
        policy, policy.versions.filter(PUBLISHED, from_on__gt=day).order_by("from_on").first()
    )


def version_list(actor: Actor, policy: Policy) -> list[PolicyVersion]:
    """Return the versions of a policy that the actor reads, the newest first, without their texts."""
    rows = policy.versions.defer("text", "cases", "earlier").select_related(
        "made_by", "proposed_by", "published_by"
    )
    return list(rows if can_see_drafts(actor, policy.area_path) else rows.filter(PUBLISHED))


def version_get(actor: Actor, policy: Policy, number: int) -> PolicyVersion:
    """Return one version by its number, or raise ``NotFound``; drafts only for whom they are."""
    found = _with_policy(policy, policy.versions.filter(number=number).first())
    is_hidden = found is not None and found.state != VersionState.PUBLISHED
    if found is None or (is_hidden and not can_see_drafts(actor, policy.area_path)):
        raise NotFound(_("这项政策没有这个版本。"))
    return found


def versions_in_force(day: date, policies: Iterable[Policy] | None = None) -> list[PolicyVersion]:
    """Return what counts on a day of every policy (or of these), each with its policy; one query."""
    rows = PolicyVersion.objects.filter(PUBLISHED, from_on__lte=day).select_related("policy")
    if policies is not None:
        rows = rows.filter(policy__in=list(policies))
    latest = dict[int, PolicyVersion]()
    for version in rows.order_by("from_on"):
        latest[version.policy_id] = version
    return [v for v in latest.values() if not any(_over(end, day) for end in (v.to_on, v.policy.ended_on))]


def versions_to_come(day: date) -> list[PolicyVersion]:
    """Return what is in work of every policy, and what is published for a later day; one query."""
    return list(PolicyVersion.objects.filter(~PUBLISHED | Q(from_on__gt=day)).select_related("policy"))


def _over(end: date | None, day: date) -> bool:
    return end is not None and end <= day


# -- standards ----------------------------------------------------------------------------------------------
def standard_list(actor: Actor) -> list[StandardValue]:
    """Return the figures of the actor's areas and above, the newest first; waiting ones only for writers."""
    if not can_see_policies(actor):
        raise NotAllowed(_("您的岗位不查看政策标准。"))
    above = [area for path in actor.areas for area in path_prefixes(path)]
    inside = Q(area_path__in=above) | in_areas("area_path", actor.areas)
    rows = StandardValue.objects.filter(inside).select_related("proposed_by", "published_by")
    return [
        row for row in rows if row.state == VersionState.PUBLISHED or can_see_drafts(actor, row.area_path)
    ]


def standard_get(actor: Actor, public_id: UUID | str) -> StandardValue:
    """Return one figure that the actor may see, or raise ``NotFound``."""
    for row in standard_list(actor):
        if str(row.public_id) == str(public_id):
            return row
    raise NotFound(_("没有找到这个标准。"))


def standard_rows_on(day: date, area_path: str) -> list[StandardValue]:
    """Return the figures of a day at a place, one a code: of the nearest area that has one by then."""
    rows = StandardValue.objects.filter(PUBLISHED, from_on__lte=day, area_path__in=path_prefixes(area_path))
    found = dict[str, StandardValue]()
    for row in rows.order_by("from_on"):
        if row.code not in found or len(row.area_path) >= len(found[row.code].area_path):
            found[row.code] = row
    return list(found.values())


def standard_rows_of(day: date) -> list[StandardValue]:
    """Return the published figures that count on a day, one a code and area, by code."""
    rows = StandardValue.objects.filter(PUBLISHED, from_on__lte=day).order_by("from_on")
    latest = {(row.code, row.area_path): row for row in rows}
    return [latest[key] for key in sorted(latest)]


def draft_get(actor: Actor, public_id: UUID | str) -> PolicyVersion | None:
    """Return what is in work of a policy; ``NotFound`` for whom neither it nor its drafts are."""
    policy = policy_get(actor, public_id)
    if not can_see_drafts(actor, policy.area_path):
        raise NotFound(_("没有找到这项政策。"))
    return version_in_work(policy)


def standards_on(day: date, area_path: str) -> dict[str, int]:
    """Return code → figure on a day at a place (fen, or a plain number); what has not begun is left out."""
    return {row.code: row.amount for row in standard_rows_on(day, area_path)}


def standards_begun() -> dict[str, date]:
    """Return code → the first day of a published figure."""
    rows = StandardValue.objects.filter(PUBLISHED).values("code").annotate(first=Min("from_on"))
    return {row["code"]: row["first"] for row in rows}


def policies_begun() -> list[tuple[str, str, str, date | None, str]]:
    """Return code, name, unit, first day and latest published text of every policy (``None``, "" without
    any)."""
    latest = PolicyVersion.objects.filter(PUBLISHED, policy=OuterRef("pk")).order_by("-from_on")
    rows = Policy.objects.annotate(
        first=Min("versions__from_on", filter=Q(versions__state=VersionState.PUBLISHED)),
        text=Subquery(latest.values("text")[:1]),
    )
    return [(*row[:4], row[4] or "") for row in rows.values_list("code", "name", "unit", "first", "text")]


def standard_codes() -> dict[str, StandardValue]:
    """Return code → the newest published figure, for choosing one and for its name."""
    rows = StandardValue.objects.filter(PUBLISHED).order_by("from_on")
    return {row.code: row for row in rows}
