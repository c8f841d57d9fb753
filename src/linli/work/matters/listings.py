"""The lists of this room as files: the columns of the pages, nothing about who reported."""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, Reach, Text, form_conditions, listing_add
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_by_code, division_names

from . import selectors
from .catalog.rules import LABELS as ROW_LABELS
from .catalog.rules import SEPARATOR, Row, path_words
from .catalog.selectors import edition_in_force, edition_list, row_words, rows_of
from .desk import selectors as desk_selectors
from .desk.affairs import clock_rows
from .desk.lists import filter_form, filters_of, tab_of
from .desk.revisits import calls_asked, period_of
from .models import Category, PublicVersion
from .permissions import COMMITTEE_OR_STREET, can_read_figures
from .replies.rules import ASKED
from .replies.rules import LABELS as REPLY_LABELS
from .replies.selectors import RECENT, Completeness, completeness
from .resident.selectors import PublicFilters, public_versions
from .satisfaction.selectors import answer_figures, calls_dressed
from .workflow import ENDED

WIDTHS = {"questions": 50, "guidance": 50, "limits": 40, "words": 40, "source": 40}
# What the columns read; the words of the report, which are ciphertext, stay where they are.
SHOWN = (
    *("number", "source_number", "title", "state", "affair_class", "area_path", "address", "channel"),
    *("reported_at", "due_at", "closed_at", "category__name"),
)


def _matters(actor: Actor, query: QueryDict) -> Chosen:
    form, tab = filter_form(actor, query), tab_of(query)
    rows = selectors.matter_list(actor, filters=filters_of(actor, form))
    conditions = [*form_conditions(form, ("stage",)), (_("进展"), str(desk_selectors.TABS[tab][0]))]
    rows = rows.filter(desk_selectors.tab_condition(tab)).select_related(None).select_related("category")
    return Chosen(rows.only(*SHOWN), conditions, desk_selectors.list_rows)


def _mine(actor: Actor, query: QueryDict) -> Chosen:
    return Chosen(selectors.matters_of(actor).order_by("-reported_at", "-id"))


def _posters(actor: Actor, query: QueryDict) -> Chosen:
    if actor.function not in COMMITTEE_OR_STREET:
        raise NotAllowed(_now("您的岗位不管理海报。"), hint=_now("请由居委会或街镇工作人员办理。"))
    return Chosen(desk_selectors.poster_list(actor))


STAGES = {"open": _("正在办"), "closed": _("已解决")}


def _public(actor: Actor, query: QueryDict) -> Chosen:
    """Return what is published, of the whole country where no area is named."""
    code, conditions = query.get("area", ""), list[tuple[Text, Text]]()
    area = division_by_code(code) if code and code != "all" else None
    filters = PublicFilters(
        area=area.path if area else "",
        stage=query.get("stage", ""),
        category=query.get("category", ""),
        words=query.get("q", "").strip()[:60],
    )
    if area:
        conditions.append((_("区域"), area.name))
    if filters.stage in STAGES:
        conditions.append((_("进展"), STAGES[filters.stage]))
    if filters.category:
        named = Category.objects.filter(code=filters.category).first()
        conditions.append((_("类别"), named.name if named else filters.category))
    if filters.words:
        conditions.append((_("关键词"), filters.words))
    return Chosen(public_versions(filters), conditions, _with_areas)


def _public_stage(version: PublicVersion) -> str:
    return str(STAGES["closed" if version.matter.state in ENDED else "open"])


def _with_areas(rows: list[PublicVersion]) -> list[tuple[PublicVersion, str]]:
    names = division_names({row.area_path for row in rows}, Level.COUNTY)
    return [(row, names.get(row.area_path, "")) for row in rows]


def _categories(actor: Actor, query: QueryDict) -> Chosen:
    version = query.get("edition", "")
    published = {row.version: row for row in edition_list() if row.starts_on is not None}
    edition = published.get(version) or edition_in_force(clock.today())
    rows = rows_of(edition) if edition else []
    return Chosen(rows, [(_("版本"), edition.version)] if edition else [])


def _said(name: str) -> Callable[[Row], str]:
    return lambda row: row_words(row)[name]


def _clocks(actor: Actor, query: QueryDict) -> Chosen:
    return Chosen(clock_rows())


def _revisits(actor: Actor, query: QueryDict) -> Chosen:
    form, rows = calls_asked(actor, query)
    return Chosen(rows, form_conditions(form), calls_dressed)


def _replies(actor: Actor, query: QueryDict) -> Chosen:
    return Chosen(completeness(actor), [(_("反馈时间"), _now("近%d天") % RECENT.days)])


def _saying(name: str) -> Callable[[Completeness], int]:
    return lambda row: row.saying.get(name, 0)


def _answers(actor: Actor, query: QueryDict) -> Chosen:
    if not can_read_figures(actor):
        raise NotAllowed(_now("您的岗位不查看满意度。"))
    _form, from_on, to_on = period_of(query)
    found = answer_figures(actor, "", from_on, to_on)
    conditions: list[tuple[Text, Text]] = [(_("办结日期"), f"{from_on} — {to_on}")]
    return Chosen([*found.by_category, found.total], conditions)


listing_add(
    Listing(
        "matters",
        _("事项"),
        (
            Column(_("编号"), lambda row: row.matter.number, width=14),
            Column(_("来件编号"), lambda row: row.matter.source_number, width=14),
            Column(_("标题"), lambda row: row.matter.title, width=40),
            Column(_("状态"), lambda row: row.matter.get_state_display(), width=10),
            Column(_("类别"), lambda row: row.matter.category, width=14),
            Column(_("三事分类"), lambda row: row.matter.get_affair_class_display(), width=10),
            Column(_("区划"), lambda row: row.place, width=24),
            Column(_("地址"), lambda row: row.matter.address, width=28),
            Column(_("办理单位"), lambda row: row.unit, width=22),
            Column(_("来源"), lambda row: row.matter.get_channel_display(), width=10),
            Column(_("上报时间"), lambda row: row.matter.reported_at, Kind.INSTANT, 17),
            Column(_("当前时限"), lambda row: row.matter.due_at, Kind.INSTANT, 17),
            Column(_("办结时间"), lambda row: row.matter.closed_at, Kind.INSTANT, 17),
        ),
        _matters,
        page="matters:list",
    ),
    Listing(
        "my-matters",
        _("我反映的事"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("标题"), lambda row: row.title, width=40),
            Column(_("进展"), lambda row: row.get_state_display(), width=10),
            Column(_("类别"), lambda row: row.category, width=14),
            Column(_("内容"), lambda row: row.text, width=60),
            Column(_("地址"), lambda row: row.address, width=28),
            Column(_("反映时间"), lambda row: row.reported_at, Kind.INSTANT, 17),
            Column(_("办结时间"), lambda row: row.closed_at, Kind.INSTANT, 17),
        ),
        _mine,
        Reach.OWN,
    ),
    Listing(
        "public",
        _("邻里公开"),
        (
            Column(_("标题"), lambda row: row[0].title, width=40),
            Column(_("内容"), lambda row: row[0].text, width=60),
            Column(_("类别"), lambda row: row[0].matter.category, width=14),
            Column(_("进展"), lambda row: _public_stage(row[0]), width=10),
            Column(_("区划"), lambda row: row[1], width=30),
            Column(_("地点"), lambda row: row[0].place_name, width=30),
            Column(_("经度"), lambda row: row[0].lng, Kind.NUMBER, 12),
            Column(_("纬度"), lambda row: row[0].lat, Kind.NUMBER, 12),
            Column(_("公开时间"), lambda row: row[0].published_at, Kind.INSTANT, 17),
            Column(_("也遇到的人数"), lambda row: row[0].affected_count, Kind.NUMBER, 12),
            Column(_("网址编号"), lambda row: str(row[0].public_id), width=38),
        ),
        _public,
        Reach.OPEN,
    ),
    Listing(
        "posters",
        _("扫码海报"),
        (
            Column(_("小区"), lambda row: row.compound.name, width=24),
            Column(_("楼栋"), lambda row: row.building.name if row.building else "", width=14),
            Column(_("代码"), lambda row: row.code, width=22),
            Column(_("状态"), lambda row: _now("已停用") if row.disabled_at else _now("在用"), width=8),
            Column(_("制作时间"), lambda row: row.created_at, Kind.INSTANT, 17),
            Column(_("停用时间"), lambda row: row.disabled_at, Kind.INSTANT, 17),
        ),
        _posters,
    ),
    Listing(
        "categories",
        _("权责清单"),
        (
            Column(_("路径"), lambda row: path_words(SEPARATOR.join(row.path)), width=30),
            *(Column(label, _said(name), width=WIDTHS.get(name, 14)) for name, label in ROW_LABELS.items()),
        ),
        _categories,
    ),
    Listing(
        "clocks",
        _("办理时限"),
        (
            Column(_("环节"), lambda row: row["stage"], width=16),
            Column(_("适用"), lambda row: row["scope"], width=16),
            Column(_("时限"), lambda row: row["limit"], width=12),
            Column(_("起算"), lambda row: row["start"], width=20),
            Column(_("依据"), lambda row: row["source"], width=50),
            Column(_("核实"), lambda row: row["mark"], width=10),
        ),
        _clocks,
    ),
    Listing(
        "revisits",
        _("回访名单"),
        (
            Column(_("编号"), lambda row: row.matter.number, width=14),
            Column(_("标题"), lambda row: row.matter.title, width=40),
            Column(_("类别"), lambda row: row.matter.category, width=14),
            Column(_("办结时间"), lambda row: row.matter.closed_at, Kind.INSTANT, 17),
            Column(_("办理单位"), lambda row: row.unit, width=22),
            Column(_("打过几次"), lambda row: row.tries, Kind.NUMBER, 10),
        ),
        _revisits,
        page="matters:revisits",
    ),
    Listing(
        "answers",
        _("满意度"),
        (
            Column(_("类别"), lambda row: row.name, width=20),
            Column(_("办结"), lambda row: row.closed, Kind.NUMBER, 8),
            Column(_("有评价"), lambda row: row.answered, Kind.NUMBER, 8),
            Column(_("联系过"), lambda row: row.contacted, Kind.NUMBER, 8),
            Column(_("解决了"), lambda row: row.solved, Kind.NUMBER, 8),
            Column(_("满意"), lambda row: row.satisfied, Kind.NUMBER, 8),
            Column(_("没有打通"), lambda row: row.unreached, Kind.NUMBER, 10),
            Column(_("不愿回答"), lambda row: row.refused, Kind.NUMBER, 10),
            Column(
                _("不满意的原因"),
                lambda row: "；".join(f"{words} {count}" for words, count in row.top_reasons),
                width=50,
            ),
        ),
        _answers,
        page="matters:answers",
    ),
    Listing(
        "replies",
        _("答复写清了什么"),
        (
            Column(_("单位"), lambda row: row.unit, width=24),
            Column(_("答复"), lambda row: row.replies, Kind.NUMBER, 8),
            *(Column(REPLY_LABELS[name], _saying(name), Kind.NUMBER, 12) for name in ASKED["result"]),
        ),
        _replies,
        page="matters:replies",
    ),
)
