"""The community's list of the three affairs (三事清单), and the categories and clocks behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.errors import NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.duties.rules import UNIT_WORDS
from linli.foundation.places.selectors import division_by_code

from .. import selectors
from ..clocks import clocks
from ..models import AffairClass, Category
from . import selectors as desk_selectors
from .keeping import page

STAGES = {
    "accept": gettext_lazy("受理"),
    "emergency": gettext_lazy("紧急核实"),
    "mandatory_report": gettext_lazy("强制报告"),
    "sort": gettext_lazy("研判"),
    "confirm_class": gettext_lazy("议定分类"),
    "sign": gettext_lazy("签收"),
    "attend": gettext_lazy("到场报到"),
    "handle": gettext_lazy("办理"),
    "discuss": gettext_lazy("协商"),
    "verify": gettext_lazy("核查"),
    "confirm": gettext_lazy("引导后确认"),
    "answer_question": gettext_lazy("答复询问"),
    "decide_return": gettext_lazy("审批退单"),
    "decide_extension": gettext_lazy("审批延期"),
    "decide_pause": gettext_lazy("审批挂起"),
    "resume": gettext_lazy("恢复办理"),
    "decide_reopen": gettext_lazy("审批重办"),
    "reopen_window": gettext_lazy("可申请重办的期限"),
    "supervise": gettext_lazy("督办答复"),
    "countersign": gettext_lazy("会签"),
    "review_closing": gettext_lazy("复核批量办结"),
    "closing_undo": gettext_lazy("撤销批量办结的期限"),
    "rating_link": gettext_lazy("评价链接的有效期"),
    "draft": gettext_lazy("草稿保留"),
}
MARK_WORDS = {
    "✔": (gettext_lazy("已核实"), "done"),
    "○": (gettext_lazy("待复核"), "neutral"),
    "✘": (gettext_lazy("建议值"), "quiet"),
}
SETTING_WORDS = {
    "bounce_limit": gettext_lazy("退单几次后由街镇指定"),
    "extension_limit": gettext_lazy("最多延期几次"),
    "send_back_limit": gettext_lazy("一轮内最多退回几次"),
    "revisit_after_days": gettext_lazy("几天没有评价就列入回访"),
    "revisit_days": gettext_lazy("办结后几天内回访"),
    "revisit_attempts": gettext_lazy("最多回访几次"),
    "closing_at_once": gettext_lazy("一次最多批量办结几件"),
    "closing_a_day": gettext_lazy("一天最多批量办结几件"),
}


@desk_page
def affairs_page(request: HttpRequest) -> HttpResponse:
    """Show the three affairs of one committee as the desk sees them, with the way to the public page."""
    actor = actor_of(request)
    if not actor.is_governing:
        raise NotAllowed(_("您的岗位不查看三事清单。"), hint=_("公开的清单人人可看，请从首页进入。"))
    areas = desk_selectors.affairs_areas(actor)
    code = request.GET.get("area", areas[0][0] if areas else "")
    path = desk_selectors.area_path_of(actor, code) if code else ""
    context: dict[str, Any] = {
        "areas": areas,
        "code": code,
        "name": division_by_code(code).name if code else "",
        "groups": selectors.affairs_list(path) if path else [],
    }
    return page(request, "affairs", context)


@desk_page
def clocks_page(request: HttpRequest) -> HttpResponse:
    """Show categories and clocks with their sources, read-only."""
    table = clocks()
    settings = [(SETTING_WORDS[name], value) for name, value in table.settings.items()]
    context = {
        "version": table.version,
        "rows": clock_rows(),
        "settings": settings,
    }
    return page(request, "clocks", context)


def clock_rows() -> list[dict[str, Any]]:
    """Return every limit in force in words, with where it comes from."""
    names = dict(Category.objects.filter(is_active=True).values_list("code", "name"))
    return [
        {
            "stage": STAGES.get(clock.stage, clock.stage),
            "scope": names.get(clock.category, clock.category)
            or (AffairClass(clock.affair_class).label if clock.affair_class else _("全部")),
            "limit": f"{clock.limit.amount}{UNIT_WORDS[clock.limit.unit]}",
            "start": clock.start,
            "source": clock.limit.source,
            "mark": MARK_WORDS[clock.mark][0],
            "tone": MARK_WORDS[clock.mark][1],
        }
        for clock in clocks().clocks.values()
    ]
