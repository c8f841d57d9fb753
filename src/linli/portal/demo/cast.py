"""The street of the demo: places, units and people, made through the services that real ones use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core.actor import Actor, system
from linli.foundation.accounts.models import Person
from linli.foundation.accounts.privacy import notice_current
from linli.foundation.accounts.selectors import actor_of_resident, actor_of_role
from linli.foundation.accounts.services import (
    account_create_staff,
    code_send,
    code_try,
    name_change,
    resident_enter,
    unit_open,
)
from linli.foundation.places.models import Division
from linli.foundation.places.selectors import division_by_code
from linli.foundation.places.services import building_add, compound_add, compound_confirm_committee

from .homes import building_facts, homes_build
from .life import Place

STREET = "310110015"
PASSWORD = "linli-demo-2026"  # noqa: S105 - demo accounts exist on loopback only
MACHINE = system("demo")


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit to open: key, name, function, kind, code of its area, duty telephone."""

    key: str
    name: str
    function: str
    kind: str
    area: str
    phone: str


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """A staff account: key in the cast, user name, name, unit, function, title."""

    key: str
    username: str
    name: str
    unit: str
    function: str
    title: str
    is_admin: bool = False


COMMITTEES = {
    "dunhua": "310110015001",
    "kongjiang": "310110015003",
    "youyi": "310110015004",
    "yanji": "310110015011",
    "yangjiabang": "310110015017",
}

COMPOUNDS = {
    "dunhua": [("和风苑", 121.5290, 31.2935, 8), ("敦睦里", 121.5306, 31.2950, 5)],
    "kongjiang": [("江枫新村", 121.5330, 31.2920, 9), ("七彩家园", 121.5345, 31.2905, 4)],
    "youyi": [("友邻小区", 121.5370, 31.2940, 7), ("春晖公寓", 121.5385, 31.2930, 3)],
    "yanji": [("延和坊", 121.5350, 31.2965, 10), ("四季花苑", 121.5365, 31.2975, 6)],
    "yangjiabang": [("杨柳里", 121.5400, 31.2955, 6), ("水岸人家", 121.5412, 31.2968, 4)],
}

UNITS = [
    UnitPlan("city", "上海市城市运行演示中心", "city", "城运", "31", "021-0000-1000"),
    UnitPlan("district", "杨浦区城运演示中心", "district", "城运", "310110", "021-0000-1100"),
    UnitPlan("street", "延吉新村街道办事处", "street", "街道", STREET, "021-0000-1200"),
    UnitPlan("dunhua", "敦化路居委会", "committee", "居委", COMMITTEES["dunhua"], "021-0000-1201"),
    UnitPlan("kongjiang", "控江七村居委会", "committee", "居委", COMMITTEES["kongjiang"], "021-0000-1202"),
    UnitPlan("youyi", "友谊新村居委会", "committee", "居委", COMMITTEES["youyi"], "021-0000-1203"),
    UnitPlan("yanji", "延吉四村居委会", "committee", "居委", COMMITTEES["yanji"], "021-0000-1204"),
    UnitPlan("yangjiabang", "杨家浜居委会", "committee", "居委", COMMITTEES["yangjiabang"], "021-0000-1205"),
    UnitPlan("unit.urban", "延吉城管中队", "department", "城管", STREET, "021-0000-1301"),
    UnitPlan("unit.market", "延吉市场监管所", "department", "市场监管", STREET, "021-0000-1302"),
    UnitPlan("unit.fire", "延吉消防救援站", "department", "消防", STREET, "021-0000-1303"),
    UnitPlan("unit.police", "延吉派出所", "department", "公安", STREET, "021-0000-1304"),
    UnitPlan("unit.green", "延吉绿化管理所", "department", "绿化", STREET, "021-0000-1305"),
    UnitPlan("unit.clean", "延吉环卫服务所", "department", "环卫", STREET, "021-0000-1309"),
    UnitPlan("unit.road", "延吉市政养护队", "department", "市政", STREET, "021-0000-1306"),
    UnitPlan("unit.civil", "延吉社区救助站", "department", "民政", STREET, "021-0000-1307"),
    UnitPlan("unit.property", "安心物业延吉服务处", "property", "物业", STREET, "021-0000-1308"),
    UnitPlan("supervise", "延吉新村街道监督员办公室", "supervisor", "监督", STREET, "021-0000-1401"),
    UnitPlan("operate", "平台运维", "operator", "运维", "31", "021-0000-1402"),
]

STAFF = [
    StaffPlan("city.officer", "city", "顾清", "city", "city", "值班长", True),
    StaffPlan("city.second", "city2", "叶澜", "city", "city", "民政处"),
    StaffPlan("district.officer", "district", "沈怀", "district", "district", "值班员", True),
    StaffPlan("district.second", "district2", "杜若", "district", "district", "民政科"),
    StaffPlan("street.duty", "street", "陆明", "street", "street", "城运中心值班", True),
    StaffPlan("street.second", "street2", "范静", "street", "street", "自治办"),
    StaffPlan("dunhua.head", "head", "许桂芳", "dunhua", "committee", "居委主任", True),
    StaffPlan("dunhua.worker", "worker", "何晓", "dunhua", "committee", "社区工作者"),
    StaffPlan("dunhua.grid", "grid", "丁大勇", "dunhua", "grid_worker", "网格员"),
    StaffPlan("kongjiang.head", "kj-head", "施蓉", "kongjiang", "committee", "居委主任", True),
    StaffPlan("kongjiang.worker", "kj-worker", "季然", "kongjiang", "committee", "社区工作者"),
    StaffPlan("youyi.head", "yy-head", "汤国平", "youyi", "committee", "居委主任", True),
    StaffPlan("youyi.worker", "yy-worker", "卫佳", "youyi", "committee", "社区工作者"),
    StaffPlan("yanji.head", "yj-head", "俞敏", "yanji", "committee", "居委主任", True),
    StaffPlan("yanji.worker", "yj-worker", "秦朗", "yanji", "committee", "社区工作者"),
    StaffPlan("yangjiabang.head", "yjb-head", "柏兰", "yangjiabang", "committee", "居委主任", True),
    StaffPlan("yangjiabang.worker", "yjb-worker", "史进", "yangjiabang", "committee", "社区工作者"),
    StaffPlan("unit.urban", "urban", "韩峰", "unit.urban", "department", "队员", True),
    StaffPlan("unit.market", "market", "葛芸", "unit.market", "department", "监管员", True),
    StaffPlan("unit.fire", "fire", "严岩", "unit.fire", "department", "监督员", True),
    StaffPlan("unit.police", "police", "方正", "unit.police", "department", "社区民警", True),
    StaffPlan("unit.green", "green", "祝青", "unit.green", "department", "养护员", True),
    StaffPlan("unit.clean", "clean", "康净", "unit.clean", "department", "调度", True),
    StaffPlan("unit.road", "road", "路平", "unit.road", "department", "班长", True),
    StaffPlan("unit.civil", "civil", "应慈", "unit.civil", "department", "救助顾问", True),
    StaffPlan("unit.property", "property", "郝勤", "unit.property", "property", "客服主管", True),
    StaffPlan("supervisor", "supervisor", "甄实", "supervise", "supervisor", "监督员", True),
    StaffPlan("operator", "operator", "安维", "operate", "operator", "运维", True),
]

RESIDENTS = [
    "王秀英",
    "李建国",
    "张美华",
    "刘志强",
    "陈玉兰",
    "杨帆",
    "赵春梅",
    "黄大伟",
    "周晓燕",
    "吴国庆",
    "徐静",
    "孙立",
    "胡佩珍",
    "朱峰",
    "高敏",
    "林小雨",
    "郭爱民",
    "马骏",
    "罗兰",
    "梁文",
    "宋佳",
    "郑海",
    "谢芳",
    "冯涛",
]


def phone_of(number: int) -> str:
    """Return the made-up phone of the n-th resident (1390000 is not assigned to anybody here)."""
    return f"1390000{number + 1:04d}"


def places_build() -> list[Place]:
    """Add the invented compounds and buildings of five real committees and confirm where they belong."""
    street = division_by_code(STREET)
    places = []
    for key, code in COMMITTEES.items():
        committee = division_by_code(code)
        for name, lng, lat, buildings in COMPOUNDS[key]:
            compound = compound_add(
                actor=MACHINE,
                name=name,
                street=street,
                committee=committee,
                address=f"延吉新村街道{name}",
                lng=lng,
                lat=lat,
            )
            compound_confirm_committee(actor=MACHINE, compound_id=compound.public_id, committee=committee)
            rows = [
                building_add(
                    actor=MACHINE,
                    compound_id=compound.public_id,
                    name=f"{number}号楼",
                    **building_facts(name, number),
                )
                for number in range(1, buildings + 1)
            ]
            compound.refresh_from_db()
            homes_build(compound, rows)
            places.append(Place(compound, rows, key))
    return places


def units_build(opened_on: date) -> dict[str, Any]:
    """Open the units; committees, departments and companies stand under the street."""
    units: dict[str, Any] = {}
    for plan in UNITS:
        above = {"city": None, "district": "city", "street": "district"}.get(plan.key, "street")
        units[plan.key] = unit_open(
            actor=MACHINE,
            name=plan.name,
            function=plan.function,
            kind=plan.kind,
            parent=units.get(above) if above else None,
            areas=[_division(plan.area)],
            phone=plan.phone,
            opened_on=opened_on,
        )
    return units


def _division(code: str) -> Division:
    return division_by_code(code)


def people_build(units: dict[str, Any]) -> dict[str, Actor]:
    """Make an account for every role, and residents who sign up with phone and code."""
    cast: dict[str, Actor] = {}
    for plan in STAFF:
        made = account_create_staff(
            actor=MACHINE,
            unit=units[plan.unit],
            function=plan.function,
            name=plan.name,
            username=plan.username,
            title=plan.title,
            is_unit_admin=plan.is_admin,
            password=PASSWORD,
            is_demo=True,
        )
        cast[plan.key] = actor_of_role(made.account, made.role)
    for number, name in enumerate(RESIDENTS):
        cast[f"resident.{number:02d}"] = _resident(phone_of(number), name, f"demo-{number}")
    return cast


def _resident(phone: str, name: str, address: str) -> Actor:
    sent = code_send(actor=MACHINE, phone=phone, purpose="sign_in", address=address)
    tried = code_try(actor=MACHINE, phone=phone, code=sent.shown, purpose="sign_in", address=address)
    account = resident_enter(
        actor=MACHINE, phone=phone, tried=tried, privacy_version=notice_current().version
    )
    actor = actor_of_resident(account)
    name_change(actor=actor, name=name)
    account.person = Person.objects.get(pk=account.person_id)
    return actor_of_resident(account)


def accounts_table() -> str:
    """Return the demo accounts of every role as lines for the terminal."""
    chosen = [
        "worker",
        "head",
        "grid",
        "street",
        "urban",
        "property",
        "district",
        "city",
        "supervisor",
        "operator",
    ]
    by_name = {plan.username: plan for plan in STAFF}
    names = {plan.key: plan.name for plan in UNITS}
    lines = [f"演示账号(工作人员在 /desk/ 登录，密码都是 {PASSWORD}):", ""]
    for username in chosen:
        plan = by_name[username]
        lines.append(f"  {username:<12}{names[plan.unit]} {plan.title} {plan.name}")
    lines += ["", f"居民：手机号 {phone_of(0)}(王秀英)到 {phone_of(len(RESIDENTS) - 1)},验证码显示在屏幕上。"]
    return "\n".join(lines)
