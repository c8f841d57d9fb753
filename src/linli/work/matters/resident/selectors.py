"""What the residents' pages read beside the room's own selectors: drafts, posters, the last place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import blind_index
from linli.core.errors import Expired, NotFound
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.files.models import PublicCopy, StoredFile

from ..catalog.selectors import under
from ..clocks import clocks, yaml_read
from ..models import Matter, MatterEvent, Poster, PublicVersion, Question, ReportDraft
from ..selectors import public_list
from ..workflow import ENDED

UNITS = {
    LimitUnit.MINUTE: _("%(n)d分钟内"),
    LimitUnit.HOUR: _("%(n)d小时内"),
    LimitUnit.WORK_HOUR: _("%(n)d个工作小时内"),
    LimitUnit.WORKING_DAY: _("%(n)d个工作日内"),
    LimitUnit.DAY: _("%(n)d天内"),
    LimitUnit.MONTH: _("%(n)d个月内"),
}
PROMISES = {
    "emergency": _("紧急情况，看到并核实"),
    "accept": _("告诉您是否受理"),
    "sort": _("受理后，决定由谁来办"),
    "sign": _("派出后，承办单位签收"),
    "verify": _("办完后，另找人核查"),
    "reopen_window": _("办结后不满意，可以申请重办"),
}


@dataclass(frozen=True, slots=True)
class PublicFilters:
    """Which published versions to list: an area's path, open or ended, a category's code, words."""

    area: str = ""
    stage: str = ""
    category: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class DraftWords:
    """What a draft says, for reading it again."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised time in words of daily life, with where it comes from."""

    name: str
    limit: str
    source: str


def draft_get(owner_keys: Iterable[str], public_id: UUID) -> ReportDraft:
    """Return a draft of this browser; another browser's is not found, an old one has expired."""
    draft = ReportDraft.objects.filter(owner_key__in=list(owner_keys), public_id=public_id).first()
    if draft is None:
        raise NotFound(
            gettext("没有找到这份草稿。"),
            hint=gettext("草稿只能在填写它的手机上打开。请重新反映，或登录后查看已提交的事项。"),
        )
    if draft.matter_id is None and draft.expires_at <= clock.now():
        raise Expired(
            gettext("这份草稿已经超过7天，不再保留。"), hint=gettext("请重新反映一次，我们会马上办理。")
        )
    return draft


def draft_list(owner_keys: Iterable[str]) -> list[ReportDraft]:
    """Return the drafts of this browser that wait to be sent, newest first."""
    rows = ReportDraft.objects.filter(owner_key__in=list(owner_keys), matter=None, expires_at__gt=clock.now())
    return list(rows.order_by("-created_at")[:5])


def poster_get(code: str) -> Poster:
    """Return a poster that is up; one that was taken down has expired, an unknown code is not found."""
    poster = Poster.objects.select_related("compound", "building").filter(code=code).first()
    if poster is None:
        raise NotFound(gettext("没有找到这张海报。"), hint=gettext("请核对二维码，或从首页进入“我要反映”。"))
    if poster.disabled_at is not None:
        raise Expired(
            gettext("这张海报已经停用。"),
            hint=gettext("您仍可以从首页进入“我要反映”，选择小区或定位就能提交。"),
        )
    return poster


def last_reported(actor: Actor) -> Matter | None:
    """Return what this person reported last, from which the next report takes its place."""
    if actor.person_id is None:
        return None
    return Matter.objects.select_related("compound").filter(reporter_id=actor.person_id).first()


def uploads_of(owner_keys: Iterable[str], public_ids: Iterable[str]) -> list[StoredFile]:
    """Return usable uploads of this browser by their ids, in the order asked for; others are left out."""
    wanted = [str(public_id) for public_id in public_ids if _is_uuid(str(public_id))]
    ready = StoredFile.objects.filter(
        public_id__in=wanted, uploaded_by__in=list(owner_keys), state=StoredFile.State.READY
    )
    found = {str(stored.public_id): stored for stored in ready}
    return [found[public_id] for public_id in dict.fromkeys(wanted) if public_id in found]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def emergency_get(owner_keys: Iterable[str], public_id: UUID) -> Matter:
    """Return an emergency that this browser reported before its reporter was known."""
    digests = [blind_index("visitor", key) for key in owner_keys if key.startswith("visitor:")]
    found = (
        Matter.objects.filter(public_id=public_id, reporter_key__in=digests).exclude(reporter_key="").first()
    )
    if found is None:
        raise NotFound
    return found


def draft_words(draft: ReportDraft) -> DraftWords:
    """Return what a draft says."""
    content = json.loads(draft.content)
    return DraftWords(content.get("text", ""), content.get("address", ""))


@cache
def emergency_vocabulary() -> dict[str, list[str]]:
    """Return the words at which the page shows emergency numbers without asking the server."""
    content = yaml_read("emergency.yaml")
    return {
        "words": [word for row in content["kinds"] for word in row["words"]],
        "except": content["except"],
    }


def limit_words(limit: Limit) -> str:
    """Return a limit as people say it: 5个工作日内."""
    return str(UNITS[limit.unit]) % {"n": limit.amount}


def promise_list() -> list[Promise]:
    """Return the times that are promised to residents, from the clocks in force."""
    table = clocks()
    return [
        Promise(str(name), limit_words(table.clock(stage).limit), table.clock(stage).limit.source)
        for stage, name in PROMISES.items()
    ]


def question_get(matter: Matter, public_id: UUID) -> Question:
    """Return a question of this matter."""
    found = matter.questions.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def matter_photo(matter: Matter, public_id: UUID) -> StoredFile:
    """Return a file of the report itself, or of a step that its reporter may read."""
    found = matter_files(matter).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def matter_files(matter: Matter) -> QuerySet[StoredFile]:
    """Return what came with the report, and with the steps that its reporter may read, oldest first."""
    steps = MatterEvent.objects.filter(matter=matter, audience=MatterEvent.Audience.EVERYONE)
    shown = Q(pk__in=matter.photos.values("pk")) | Q(pk__in=steps.values("photos"))
    return StoredFile.objects.filter(shown).order_by("pk")


def public_versions(filters: PublicFilters) -> QuerySet[PublicVersion]:
    """Return what is published and not taken down, newest first."""
    rows = public_list(filters.area)
    if filters.stage == "closed":
        rows = rows.filter(matter__state__in=ENDED)
    elif filters.stage == "open":
        rows = rows.exclude(matter__state__in=ENDED)
    if filters.category:
        rows = rows.filter(matter__category__in=list(under(filters.category)))
    if filters.words:
        rows = rows.filter(Q(title__contains=filters.words) | Q(text__contains=filters.words))
    return rows.annotate(affected_count=Count("affected")).order_by("-published_at", "-id")


def public_get(public_id: UUID) -> PublicVersion:
    """Return a published version; one that was taken down is not found."""
    found = public_list().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(
            gettext("没有找到这件公开的事。"), hint=gettext("它可能已经撤下。可以到“邻里公开”里看看别的。")
        )
    return found


def public_photo(version: PublicVersion, public_id: UUID) -> PublicCopy:
    """Return the public copy of a photo that was chosen for a published version."""
    found = version.photos.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def is_affected(actor: Actor, version: PublicVersion) -> bool:
    """Whether this person said 我也遇到了."""
    return actor.person_id is not None and version.affected.filter(person_id=actor.person_id).exists()
