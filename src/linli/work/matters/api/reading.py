"""Reading matters: lists with cursors, one record, the stream of events, figures, categories."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router

from linli.core import clock
from linli.core.actor import Actor, Function, Scope
from linli.core.cursor import slice_of
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.places.selectors import division_by_code

from .. import selectors
from ..models import Category, Matter
from ..permissions import can_read_figures
from ..selectors import MatterFilters
from .shapes import (
    CategoryOut,
    Counted,
    EventPageOut,
    FiguresOut,
    Followed,
    Listed,
    PageOut,
    RecordOut,
    SuggestIn,
    SuggestionOut,
)

READING = (Scope.MATTERS_READ, Scope.MATTERS_REPORT, Scope.MATTERS_ACT)
# A step becomes visible when its transaction commits, a little after its instant: what is younger waits.
SETTLED = timedelta(seconds=5)
OVERLAP = timedelta(minutes=1)
MOST_COUNTED = 10_000
LONGEST_DAYS = 3660
router = Router(tags=[gettext_noop("事项")])


def area_of(actor: Actor, code: str) -> str:
    """Return the path of a division by its code ("" for none); raises ``InvalidInput`` beside ``area``."""
    if not code:
        return ""
    try:
        return division_by_code(code).path
    except Exception as error:
        words = _("没有区划代码为“%s”的地区。") % code
        raise InvalidInput(words, details={"area": words}) from error


def area_counted(actor: Actor, asked: Counted) -> str:
    """Return the path of the area that is counted, once actor and period are found fit for figures."""
    if not can_read_figures(actor):
        raise NotAllowed()
    if not timedelta(0) <= asked.to_on - asked.from_on <= timedelta(days=LONGEST_DAYS):
        words = _("to_on 不能早于 from_on，最长十年。")
        raise InvalidInput(words, details={"to_on": words})
    return area_of(actor, asked.area)


def _filters(actor: Actor, asked: Listed) -> MatterFilters:
    narrowed = asked.dict(exclude={"area", "with_count", "limit", "cursor"})
    return MatterFilters(**narrowed, area=area_of(actor, asked.area))


@router.get(
    "",
    response=PageOut,
    auth=let_in(*READING),
    summary=gettext_noop("事项列表"),
    operation_id="matter_list",
    description=gettext_noop(
        "按上报时间排列自己看得到的事项。翻页用 next_cursor；期间有新上报的，不会重复也不会漏。"
    ),
)
def matters(request: HttpRequest, asked: Query[Listed]) -> dict[str, Any]:
    """List the matters that the caller may see."""
    actor = actor_of(request)
    rows = selectors.matter_list(actor, filters=_filters(actor, asked))
    by = ("-reported_at", "-id") if asked.order == "-reported" else ("reported_at", "id")
    found = slice_of(
        rows,
        by=by,
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "matters", **asked.dict(exclude={"limit", "cursor", "with_count"})},
        kept={"as_of": (clock.now() - OVERLAP).isoformat()},
    )
    count = _counted(rows) if asked.with_count else None
    return {"items": found.rows, "next_cursor": found.next_cursor, "count": count, **found.kept}


def _counted(rows: QuerySet[Matter]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()


@router.get(
    "/events",
    response=EventPageOut,
    auth=let_in(*READING),
    summary=gettext_noop("办理动态"),
    operation_id="matter_events",
    description=gettext_noop(
        "按发生顺序读取看得到的事项的每一步，约5秒后可读。保存 next_cursor，下次接着读。"
    ),
)
def events(request: HttpRequest, asked: Query[Followed]) -> dict[str, Any]:
    """Read the steps of all matters that the caller may see, in the order in which they happened."""
    actor = actor_of(request)
    if not actor.is_staff and actor.function != Function.CLIENT:
        raise NotAllowed(_("办理动态供工作人员和接入的系统读取。"), hint=_("您的事项请看“我反映的”。"))
    rows = selectors.event_stream(actor, clock.now() - SETTLED)
    if asked.since and not asked.cursor:
        rows = rows.filter(recorded_at__gte=asked.since)
    found = slice_of(
        rows,
        by=("recorded_at", "id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "events"},
        goes_on=True,
    )
    steps = selectors.story_steps(actor, found.rows)
    items = [
        {
            **{name: getattr(step, name) for name in ("verb", "label", "at", "who", "note", "round")},
            "matter": event.matter.public_id,
            "number": event.matter.number,
            "from_state": event.from_state,
            "to_state": event.to_state,
        }
        for event, step in zip(found.rows, steps, strict=True)
    ]
    return {"items": items, "next_cursor": found.next_cursor or asked.cursor}


@router.get(
    "/figures",
    response=FiguresOut,
    auth=let_in(Scope.FIGURES_READ),
    summary=gettext_noop("统计数字"),
    operation_id="matter_figures",
    description=gettext_noop("一个区划、一段时间内上报的事项的数字，口径与“数据”页相同，每个率都带分母。"),
)
def figures(request: HttpRequest, asked: Query[Counted]) -> dict[str, Any]:
    """Return the figures of an area in a period."""
    actor = actor_of(request)
    counted = selectors.figures(actor, area_counted(actor, asked), asked.from_on, asked.to_on)
    names = ("received", "imported", "emergencies", "open", "overdue", "closed", "unsorted")
    rates = {name: getattr(counted.rates, name) for name in ("contacted", "solved", "satisfied")}
    return {
        **asked.dict(),
        **{name: getattr(counted, name) for name in names},
        "by_state": {code: n for code, _label, n in counted.by_state},
        "by_class": {code: n for code, _label, n in counted.by_class},
        "by_category": dict(counted.by_category),
        **{
            name: {"numerator": rate.part, "denominator": rate.whole}
            for name, rate in {**rates, "on_time": counted.on_time}.items()
        },
    }


@router.get(
    "/categories",
    response=list[CategoryOut],
    auth=let_in(*READING),
    summary=gettext_noop("事项类别"),
    operation_id="category_list",
    description=gettext_noop("上报时可以填的类别代码。"),
)
def categories(request: HttpRequest) -> list[Category]:
    """Return the categories in use, in order."""
    return selectors.category_list()


@router.post(
    "/suggestions",
    response=SuggestionOut,
    auth=let_in(*READING),
    summary=gettext_noop("智能建议"),
    operation_id="matter_suggest",
    description=gettext_noop("机器看一段内容可能属于哪一类，附把握和依据；只供参考，由人决定。内容不保存。"),
)
def suggestions(request: HttpRequest, asked: SuggestIn) -> dict[str, Any]:
    """Return what a text is probably about; nothing is stored."""
    said = selectors.suggestion_for(asked.text, area_of(actor_of(request), asked.area))
    return {
        "categories": said.categories[:3],
        "affair_class": said.affair_class.label if said.affair_class else "",
        "unit_kind": said.unit_kind.label if said.unit_kind else "",
        "abstained": said.abstained,
        "model_version": said.model_version,
    }


@router.get(
    "/{uuid:public_id}",
    response=RecordOut,
    auth=let_in(*READING),
    summary=gettext_noop("一件事项"),
    operation_id="matter_get",
    description=gettext_noop("事项本身、办理经过、现在可以做什么。看不到的与不存在的一样，都是404。"),
)
def matter(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return one matter with its story and what the caller may do next."""
    actor = actor_of(request)
    found = selectors.matter_get(actor, public_id)
    reads_story = actor.is_staff or actor.function == Function.CLIENT
    return {
        "matter": found,
        "actions": selectors.actions_for(actor, found),
        "story": selectors.story_list(actor, found) if reads_story else [],
    }
