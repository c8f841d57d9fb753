"""Assessments as they are read: with who made and approved them, until when they are kept, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.core.clock import local_date
from linli.core.errors import NotFound
from linli.core.retention import rule_of
from linli.foundation.accounts.selectors import person_name

from ..models import Assessment
from .content import Section, differences, digest_of

MOST_SHOWN = 100
OPINIONS = ("lawful", "impact", "measures")  # the points of PIPL 56


@dataclass(frozen=True, slots=True)
class Paper:
    """One assessment as page, print and document show it: texts only, in the order of reading."""

    title: str
    head: list[tuple[str, str]]
    sections: list[Section]
    opinions: list[tuple[str, str]]
    last: str  # what it is compared with; empty where it is the first
    changed: list[tuple[str, str, str]]  # what, before, after
    digest: str
    is_intact: bool  # whether the digest is still that of the content and the opinions
    is_judged: bool  # whether every point has its opinion
    is_concluded: bool


def assessment_list() -> QuerySet[Assessment]:
    """Return the assessments, the newest first."""
    return Assessment.objects.select_related("unit")[:MOST_SHOWN]


def assessment_get(public_id: UUID | str) -> Assessment:
    """Return one, or raise ``NotFound``."""
    found = Assessment.objects.select_related("unit").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份评估。"))
    return found


def questions() -> dict[str, str]:
    """Return point → the question to be judged."""
    columns = {column.name: str(column.verbose_name) for column in Assessment._meta.concrete_fields}
    return {name: columns[name] for name in OPINIONS}


def opinions_of(one: Assessment) -> dict[str, str]:
    """Return point → what was judged."""
    return {name: str(getattr(one, name)) for name in OPINIONS}


def versions_of(unit_id: int | None) -> QuerySet[Assessment]:
    """Return every version of a unit, or of whoever acts for none."""
    return Assessment.objects.filter(Q(unit_id=unit_id) if unit_id else Q(unit__isnull=True))


def last_concluded(one: Assessment) -> Assessment | None:
    """Return the unit's concluded version before this one."""
    earlier = versions_of(one.unit_id).filter(version__lt=one.version, concluded_at__isnull=False)
    return earlier.order_by("-version").first()


def paper_of(one: Assessment) -> Paper:
    """Return an assessment as it is read."""
    last = last_concluded(one)
    changed = differences(last.content, one.content) if last else []
    return Paper(
        title=one.title,
        head=_head(one),
        sections=one.content,
        opinions=[(words, opinions_of(one)[name]) for name, words in questions().items()],
        last=_version(last) if last else "",
        changed=[(f"{title} · {label}", before, after) for title, label, before, after in changed],
        digest=one.digest,
        is_intact=one.digest == digest_of(one.content, opinions_of(one)),
        is_judged=all(opinions_of(one).values()),
        is_concluded=one.concluded_at is not None,
    )


def _version(one: Assessment) -> str:
    return _("第%(n)d版（%(on)s）") % {"n": one.version, "on": f"{local_date(one.made_at):%Y-%m-%d}"}


def _head(one: Assessment) -> list[tuple[str, str]]:
    head = [
        (_("评估单位"), str(one.unit or _("平台运维"))),
        (_("版本"), _version(one)),
        (_("依据"), _("个人信息保护法第55条、第56条")),
        (_("编制"), person_name(one.made_by_id)),
    ]
    if one.concluded_at is None:
        return [*head, (_("批准"), _("未定稿"))]
    on = local_date(one.concluded_at)
    head.append((_("批准"), f"{person_name(one.concluded_by_id)}，{on:%Y-%m-%d}"))
    if (days := rule_of("assessment").days) is not None:
        head.append((_("保存至"), f"{on + timedelta(days=days):%Y-%m-%d}"))
    return head
