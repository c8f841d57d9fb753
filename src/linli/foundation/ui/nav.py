"""What stands in the navigation of each face: one tuple per place, entries that lead nowhere left out."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.core.actor import EXECUTING, GOVERNING, STAFF, Function

Text = str | Promise
FIELD = GOVERNING | {Function.GRID_WORKER}
MANAGING = GOVERNING | {Function.OPERATOR}
DOORSTEP = frozenset({Function.GRID_WORKER, Function.COMMITTEE, Function.STREET})
BY_NUMBERS = GOVERNING - DOORSTEP
OVERSEEING = GOVERNING | {Function.SUPERVISOR}
COUNCILLING = FIELD | {Function.SUPERVISOR}
ANSWERING = EXECUTING | {Function.GRID_WORKER, Function.COMMITTEE, Function.STREET}
COMMITTEES = frozenset({Function.COMMITTEE, Function.STREET})
WATCHING = frozenset({Function.SUPERVISOR, Function.OPERATOR})
HANDLING = STAFF - WATCHING
RAIL_LIMIT = 8
# Every other address begins with one of these two.
START_PAGES = ("/", "/desk/")


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One link: words, icon, the url it leads to and the functions that see it (empty: everybody).

    ``also`` are further path prefixes under which the entry counts as the present place.
    ``is_for_admins`` leaves the entry to administrators of units and to operators.
    ``group`` is the heading under which a long menu shows it; entries of a group stand together.
    """

    label: Text
    icon: str
    url_name: str
    functions: frozenset[Function] = frozenset()
    also: tuple[str, ...] = ()
    is_for_admins: bool = False
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation entry that is drawn on a page."""

    label: Text
    icon: str
    url: str
    is_current: bool
    group: Text = ""


DESK = (
    NavEntry(_("待办"), icon="checklist", url_name="duties:todo", functions=STAFF),
    NavEntry(_("事项"), icon="message-report", url_name="matters:list", functions=HANDLING),
    NavEntry(_("议事"), icon="messages", url_name="deliberation:list", functions=COUNCILLING),
    NavEntry(_("走访"), icon="walk", url_name="visits:list", functions=FIELD),
    NavEntry(
        _("居民"),
        icon="users",
        url_name="residents:find",
        functions=DOORSTEP,
        also=("/desk/settings/units/",),
    ),
    NavEntry(
        _("居民"),
        icon="users",
        url_name="residents:counts",
        functions=BY_NUMBERS,
        also=("/desk/residents/", "/desk/settings/units/"),
    ),
    NavEntry(
        _("居民"),
        icon="users",
        url_name="organizations:unit_list",
        functions=frozenset({Function.OPERATOR}),
        also=("/desk/residents/",),
    ),
    NavEntry(
        _("服务"),
        icon="heart-handshake",
        url_name="benefits:visits",
        functions=DOORSTEP,
        also=("/desk/benefits/",),
    ),
    NavEntry(
        _("服务"),
        icon="heart-handshake",
        url_name="benefits:policies",
        functions=BY_NUMBERS,
        also=("/desk/benefits/",),
    ),
    NavEntry(_("报表"), icon="table", url_name="reports:list", functions=FIELD),
    NavEntry(_("数据"), icon="chart-bar", url_name="dashboards:overview", functions=GOVERNING),
)
PORTAL = (
    NavEntry(_("首页"), icon="home", url_name="portal:home"),
    NavEntry(_("我要反映"), icon="message-plus", url_name="matters:report"),
    NavEntry(_("我反映的"), icon="route", url_name="matters:mine"),
    NavEntry(_("邻里公开"), icon="eye", url_name="matters:public_list"),
    NavEntry(_("我的"), icon="user", url_name="accounts:profile"),
)
ACCOUNT = (
    NavEntry(_("我的信息"), icon="user", url_name="accounts:profile"),
    NavEntry(_("我的数据"), icon="file-description", url_name="privacy:my_data"),
    NavEntry(_("谁看过我的信息"), icon="eye", url_name="audit:my_looks"),
    NavEntry(_("消息接收设置"), icon="bell", url_name="notices:choices"),
    NavEntry(_("登录安全"), icon="shield-lock", url_name="accounts:security", functions=STAFF),
    NavEntry(_("请假与代理"), icon="calendar-user", url_name="accounts:deputies", functions=STAFF),
)
DAILY, GROUND, RECORDS = _("日常"), _("人员与规则"), _("个人信息与留痕")
SETTINGS = (
    NavEntry(
        _("值班表"), icon="calendar-time", url_name="organizations:roster", functions=HANDLING, group=DAILY
    ),
    NavEntry(_("常用语"), icon="message-2", url_name="matters:phrases", functions=ANSWERING, group=DAILY),
    NavEntry(_("关爱服务"), icon="heart", url_name="residents:care", functions=EXECUTING, group=DAILY),
    NavEntry(_("群发"), icon="speakerphone", url_name="notices:broadcasts", functions=GOVERNING, group=DAILY),
    NavEntry(
        _("消息发送"),
        icon="send",
        url_name="notices:deliveries",
        functions=frozenset({Function.OPERATOR}),
        group=DAILY,
    ),
    NavEntry(
        _("导入"),
        icon="table-import",
        url_name="imports:list",
        functions=MANAGING,
        is_for_admins=True,
        group=DAILY,
    ),
    NavEntry(_("导出记录"), icon="file-export", url_name="exports:records", functions=STAFF, group=DAILY),
    NavEntry(
        _("人员与岗位"),
        icon="id-badge",
        url_name="accounts:staff_list",
        functions=STAFF,
        is_for_admins=True,
        group=GROUND,
    ),
    NavEntry(_("区划与地址"), icon="map", url_name="places:index", functions=MANAGING, group=GROUND),
    NavEntry(_("智能建议"), icon="adjustments", url_name="matters:assist", functions=MANAGING, group=GROUND),
    NavEntry(_("派单规则"), icon="route", url_name="routing:tables", functions=GOVERNING, group=GROUND),
    NavEntry(_("权责清单"), icon="list-details", url_name="matters:catalog", functions=STAFF, group=GROUND),
    NavEntry(_("办理时限"), icon="clock", url_name="matters:clocks", functions=MANAGING, group=GROUND),
    NavEntry(_("事实字典"), icon="book", url_name="residents:dictionary", functions=STAFF, group=GROUND),
    NavEntry(_("超时阶梯"), icon="stairs-up", url_name="duties:ladder", functions=MANAGING, group=GROUND),
    NavEntry(_("节假日"), icon="calendar", url_name="duties:calendar", functions=MANAGING, group=GROUND),
    NavEntry(
        _("接口"), icon="plug", url_name="clients:list", functions=STAFF, is_for_admins=True, group=GROUND
    ),
    NavEntry(
        _("推送"), icon="send", url_name="webhooks:list", functions=STAFF, is_for_admins=True, group=GROUND
    ),
    NavEntry(
        "Open311",
        icon="world",
        url_name="open311:settings",
        functions=STAFF,
        is_for_admins=True,
        group=GROUND,
    ),
    NavEntry(
        _("个人信息申请"),
        icon="scale",
        url_name="privacy:requests",
        functions=frozenset({Function.COMMITTEE, Function.STREET, Function.OPERATOR}),
        group=RECORDS,
    ),
    NavEntry(
        _("影响评估"),
        icon="file-description",
        url_name="residents:assessments",
        functions=frozenset({Function.STREET, Function.DISTRICT, Function.CITY, Function.OPERATOR}),
        is_for_admins=True,
        group=RECORDS,
    ),
    NavEntry(
        _("保存期限"),
        icon="hourglass",
        url_name="retention:overview",
        functions=OVERSEEING | WATCHING,
        group=RECORDS,
    ),
    NavEntry(_("留痕"), icon="history", url_name="audit:list", functions=WATCHING, group=RECORDS),
    NavEntry(
        _("留痕"),
        icon="history",
        url_name="audit:list",
        functions=GOVERNING,
        is_for_admins=True,
        group=RECORDS,
    ),
)
# The tabs of 居民. Those who go from door to door see people; district and city see how many.
REGISTRY = (
    NavEntry(_("找人"), icon="user-search", url_name="residents:find", functions=DOORSTEP),
    NavEntry(_("房屋"), icon="building-community", url_name="residents:buildings", functions=DOORSTEP),
    NavEntry(_("居民"), icon="users", url_name="residents:people", functions=DOORSTEP),
    NavEntry(_("户"), icon="home", url_name="residents:households", functions=DOORSTEP),
    NavEntry(_("实有单位"), icon="building-store", url_name="residents:establishments", functions=DOORSTEP),
    NavEntry(_("产权"), icon="certificate", url_name="residents:ownerships", functions=DOORSTEP),
    NavEntry(_("关爱"), icon="heart", url_name="residents:care", functions=DOORSTEP),
    NavEntry(
        _("账号关联"),
        icon="user-check",
        url_name="residents:links",
        functions=frozenset({Function.COMMITTEE, Function.STREET}),
        also=("/desk/residents/codes/",),
    ),
    NavEntry(_("统计"), icon="chart-bar", url_name="residents:counts", functions=GOVERNING),
    NavEntry(_("组织"), icon="building", url_name="organizations:unit_list", functions=MANAGING),
)
# The tabs of 事项.
MATTERS = (
    NavEntry(_("全部事项"), icon="message-report", url_name="matters:list", functions=HANDLING),
    NavEntry(
        _("热点"),
        icon="flame",
        url_name="clusters:hot",
        functions=GOVERNING,
        also=("/desk/matters/clusters/",),
    ),
    NavEntry(_("吹哨报到"), icon="speakerphone", url_name="whistles:list", functions=STAFF),
    NavEntry(_("回访"), icon="phone-call", url_name="matters:revisits", functions=COMMITTEES),
    NavEntry(
        _("满意度"),
        icon="mood-smile",
        url_name="matters:answers",
        functions=GOVERNING,
        also=("/desk/matters/replies/",),
    ),
)
# The tabs of 议事.
COUNCIL = (
    NavEntry(
        _("会议"),
        icon="messages",
        url_name="deliberation:list",
        functions=COUNCILLING,
        also=("/desk/council/meetings/",),
    ),
    NavEntry(_("表决"), icon="checks", url_name="ballots:list", functions=COUNCILLING),
    NavEntry(
        _("选举"),
        icon="user-check",
        url_name="elections:list",
        functions=OVERSEEING,
        also=("/desk/council/recalls/",),
    ),
    NavEntry(_("组织"), icon="users", url_name="bodies:list", functions=COUNCILLING),
    NavEntry(
        _("评议"),
        icon="clipboard-check",
        url_name="assessments:list",
        functions=GOVERNING | {Function.SUPERVISOR},
    ),
    NavEntry(_("决议"), icon="clipboard-check", url_name="resolutions:list", functions=COUNCILLING),
)
# The tabs of 服务.
SERVICES = (
    NavEntry(_("政策上门"), icon="walk", url_name="benefits:visits", functions=DOORSTEP),
    NavEntry(_("进度"), icon="chart-bar", url_name="benefits:funnel", functions=GOVERNING),
    NavEntry(_("批次"), icon="send", url_name="benefits:waves", functions=GOVERNING),
    NavEntry(_("免申即享"), icon="checks", url_name="benefits:batches", functions=GOVERNING),
    NavEntry(_("匹配"), icon="refresh", url_name="benefits:runs", functions=BY_NUMBERS | {Function.OPERATOR}),
    NavEntry(_("惠民政策"), icon="heart-handshake", url_name="benefits:policies", functions=GOVERNING),
    NavEntry(_("政策标准"), icon="list-details", url_name="benefits:standards", functions=GOVERNING),
)
FOOT = (
    NavEntry(_("使用帮助"), icon="help", url_name="portal:help"),
    NavEntry(_("隐私说明"), icon="lock", url_name="accounts:privacy"),
)


@lru_cache(maxsize=256)
def _address(url_name: str, urlconf: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def address(url_name: str) -> str | None:
    """Return the address of a page, or ``None`` where the room that serves it is not installed."""
    return _address(url_name, settings.ROOT_URLCONF)


def sign_in_page(path: str) -> str:
    """Return where someone signs in who wanted ``path``: staff with a password, residents by phone."""
    return (path.startswith("/desk/") and address("accounts:staff_sign_in")) or settings.LOGIN_URL


def _current(found: list[tuple[NavEntry, str]], path: str) -> NavEntry | None:
    """Return the entry whose address is the longest beginning of ``path``."""
    matches = [
        (len(prefix), position)
        for position, (entry, url) in enumerate(found)
        for prefix in (url, *entry.also)
        if path == prefix or (prefix not in START_PAGES and path.startswith(prefix))
    ]
    if not matches:
        return None
    longest = max(matches, key=lambda match: (match[0], -match[1]))
    return found[longest[1]][0]


def links(entries: tuple[NavEntry, ...], function: Function | None, path: str) -> list[Link]:
    """Return the entries that ``function`` sees and that lead somewhere, the present one marked."""
    found = [
        (entry, url)
        for entry in entries
        if (not entry.functions or function in entry.functions)
        and (url := address(entry.url_name)) is not None
    ]
    current = _current(found, path)
    return [Link(entry.label, entry.icon, url, entry is current, entry.group) for entry, url in found]
