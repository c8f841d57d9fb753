"""Every list that can be taken away: who may, what the file holds of whose area, where the page offers it."""

import csv
import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.actor import EXECUTING, GOVERNING, STAFF, Function
from linli.core.listing import Reach, listings
from linli.foundation.duties.tests.factories import duty_make
from linli.foundation.exports.models import Export
from linli.foundation.notices.models import Delivery, Notice
from linli.foundation.notices.tests.factories import tell
from linli.oversight.dashboards.pictures import PICTURES
from linli.registers.residents.tests.plans import building_make, household_make, person_make, shop_make
from linli.work.matters.rollup.tasks import follow
from linli.work.matters.services import poster_create
from linli.work.matters.tests.desk_stages import Stages, stages_build
from linli.work.matters.tests.life import year_load
from tests.people import Cast

pytestmark = pytest.mark.django_db
PACKAGE = Path(__file__).resolve().parent.parent / "src" / "linli"
DOORSTEP = {Function.GRID_WORKER, Function.COMMITTEE, Function.STREET}
STREET_TRADES = {Function.COMMITTEE, Function.STREET}
# list → functions whose desk shows it; administrators' lists are asked for as administrator and as not.
DESK: dict[str, set[Function]] = {
    "matters": set(STAFF),
    "duties": set(STAFF),
    "exports": set(STAFF),
    "calendar": set(STAFF),
    "ladder": {*GOVERNING, Function.OPERATOR, Function.SUPERVISOR},
    "categories": set(STAFF),
    "clocks": set(STAFF),
    "routing-rows": set(GOVERNING),
    "policies": set(GOVERNING),
    "standards": set(GOVERNING),
    "compounds": {*GOVERNING, Function.OPERATOR},
    "compounds-unplaced": {*GOVERNING, Function.OPERATOR},
    "buildings": {*GOVERNING, Function.OPERATOR},
    "parts": {*GOVERNING, Function.OPERATOR},
    "divisions": {*GOVERNING, Function.OPERATOR},
    "divisions-without-outline": {*GOVERNING, Function.OPERATOR},
    "division-changes": {*GOVERNING, Function.OPERATOR},
    "deliveries": {Function.OPERATOR},
    "posters": STREET_TRADES,
    "revisits": STREET_TRADES,
    "bodies": {*GOVERNING, Function.GRID_WORKER, Function.SUPERVISOR},
    "body-members": {*GOVERNING, Function.GRID_WORKER, Function.SUPERVISOR},
    "whistles": set(STAFF),
    "elections": {*GOVERNING, Function.SUPERVISOR},
    "recalls": {*GOVERNING, Function.SUPERVISOR},
    "assessments": {*GOVERNING, Function.SUPERVISOR},
    "meetings": set(STAFF),
    "meeting-decisions": set(STAFF),
    "resolutions": set(STAFF),
    "resolution-tasks": set(STAFF),
    "whistle-units": set(GOVERNING),
    "ballots": {*GOVERNING, Function.GRID_WORKER, Function.SUPERVISOR},
    "ballot-roll": {*DOORSTEP, Function.SUPERVISOR},
    "hot-issues": set(GOVERNING),
    "clusters": set(GOVERNING),
    "answers": set(GOVERNING),
    "replies": set(GOVERNING),
    "registry-ages": set(GOVERNING),
    "registry-receipts": set(GOVERNING),
    "registry-sizes": set(GOVERNING),
    "registry-tenures": set(GOVERNING),
    "registry-areas": set(GOVERNING),
    "benefit-visits": DOORSTEP,
    "benefit-waves": set(GOVERNING),
    "benefit-progress": set(GOVERNING),
    "benefit-batches": set(GOVERNING),
    "benefit-runs": {Function.DISTRICT, Function.CITY, Function.OPERATOR},
    "benefit-run-counts": {Function.DISTRICT, Function.CITY, Function.OPERATOR},
    "registry-people": DOORSTEP,
    "registry-households": DOORSTEP,
    "registry-establishments": DOORSTEP,
    "owners-roll": DOORSTEP,
    "fact-dictionary": set(STAFF),
    "figures-by-area": set(GOVERNING),
    "figures-by-class": set(GOVERNING),
    "figures-by-category": set(GOVERNING),
    **{f"rates-{code}": set(GOVERNING) for code in PICTURES},
}
ADMIN: dict[str, Callable[[Function, bool], bool]] = {
    "staff": lambda function, is_admin: is_admin or function == Function.OPERATOR,
    "units": lambda function, is_admin: is_admin or function in {*GOVERNING, Function.OPERATOR},
    "audit": lambda function, is_admin: (
        function in (Function.SUPERVISOR, Function.OPERATOR) or (is_admin and function in GOVERNING)
    ),
}
PEOPLE = (
    *("worker", "worker2", "grid_worker", "street", "street2", "district", "city"),
    *("department", "department2", "property", "supervisor", "operator"),
)


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    year_load()
    return stages_build(cast)


def make(cast: Cast, who: str, code: str, query: str = "") -> Any:
    """Return the answer to one press on CSV."""
    return press(cast.client(who), code, query)


def press(client: Client, code: str, query: str = "") -> Any:
    """Return the answer to one press on CSV in a browser."""
    return client.post(f"{reverse('exports:make', args=[code])}?{query}", {"format": "csv"})


def taken(cast: Cast, who: str, code: str, query: str = "") -> list[dict[str, str]]:
    """Return the rows of the file by heading."""
    answer = make(cast, who, code, query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    lines = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")))
    is_open = next(row for row in listings() if row.code == code).reach == Reach.OPEN
    head, rows = lines[0], lines[1:] if is_open else lines[1:-1]
    assert {len(row) for row in rows} == {len(head)}
    assert len(rows) == Export.objects.latest("pk").row_count
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_list_is_in_these_tables() -> None:
    desk = {row.code for row in listings() if row.reach == Reach.DESK}
    assert desk == {*DESK, *ADMIN}
    assert {row.code: row.reach for row in listings() if row.reach != Reach.DESK} == {
        "my-matters": Reach.OWN,
        "public": Reach.OPEN,
    }


def test_every_list_is_offered_on_a_page_and_every_offer_is_a_list() -> None:
    texts = (path.read_text() for path in PACKAGE.rglob("templates/**/*.html"))
    offered = {code for text in texts for code in re.findall(r'<c-export list="([^"]+)"', text)}
    drawn = {f"rates-{code}" for code in PICTURES}  # the card of a picture offers its own
    assert offered - {"rates-{{ picture.code }}"} == {row.code for row in listings()} - drawn


@pytest.mark.parametrize("code", [*DESK, *ADMIN])
def test_who_may_take_it(cast: Cast, code: str) -> None:
    """A list may be taken by whoever opens its page; the question page says so without taking it."""
    address = reverse("exports:make", args=[code])
    for who in PEOPLE:
        actor = cast.actor(who)
        allowed = (
            actor.function in DESK[code] if code in DESK else ADMIN[code](actor.function, actor.is_unit_admin)
        )
        client = cast.client(who)
        assert client.get(address).status_code == (200 if allowed else 403), who
        if not allowed:
            assert press(client, code).status_code == 403, who
    assert cast.client("resident").get(address).status_code == 403
    assert make(cast, "visitor", code).status_code == 401
    assert Export.objects.count() == 0


def test_duties(stages: Stages) -> None:
    cast, place = stages.cast, stages.cast.places
    duty_make(area_path=place["committee_a_place"].path, title="路灯不亮")
    duty_make(area_path=place["other_committee_place"].path, title="别处的事", subject_id="m2")
    (row,) = taken(cast, "worker", "duties", "action=accept&q=路灯&area=99/")
    assert (row["事由"], row["要办的事"], row["地点"]) == ("路灯不亮", "受理", "桂花街道桂花第一居委会")
    assert row["时限"].startswith("2026-03-17")
    assert Export.objects.get().conditions == "编号或事由：路灯；要办的事：受理；地点：99/"
    assert make(cast, "worker", "duties", "due=overdue").status_code == 404


def test_staff_and_units(cast: Cast) -> None:
    rows = taken(cast, "worker", "staff")
    assert {row["姓名"] for row in rows} == {"赵敏", "钱佳", "孙力"}
    (row,) = taken(cast, "worker", "staff", "q=钱佳")
    assert (row["单位"], row["状态"], row["最近登录"]) == ("桂花第一居委会", "在岗", "")
    names = {row["名称"] for row in taken(cast, "street", "units", "function=committee")}
    assert names == {"桂花第一居委会", "桂花第二居委会"}
    (unit,) = taken(cast, "street", "units", "q=房管")
    assert (unit["职能"], unit["上级单位"], unit["在岗人数"]) == ("职能部门", "桂花街道办事处", "1")


def test_places(stages: Stages) -> None:
    cast = stages.cast
    (row,) = taken(cast, "street", "compounds", "q=guihua")
    assert (row["小区"], row["居村委会"], row["楼栋数"]) == ("桂花苑", "桂花第一居委会", "1")
    assert make(cast, "other_street", "compounds").status_code == 404
    (row,) = taken(cast, "street", "buildings")
    assert (row["小区"], row["楼栋"], row["住宅套数"]) == ("桂花苑", "3号楼", "0")
    names = [row["名称"] for row in taken(cast, "street", "divisions")]
    assert names == ["桂花第一居委会", "桂花第二居委会"]
    streets = taken(cast, "district", "divisions-without-outline")
    assert {(row["名称"], row["边界"]) for row in streets} == {("桂花街道", "无"), ("梧桐街道", "无")}


def test_what_was_sent_outside_never_to_whom(cast: Cast, clock: Any) -> None:
    tell(cast.person("resident").pk, kind="matter.accept")
    Delivery.objects.create(
        notice=Notice.objects.get(), channel="email", state="failed", next_at=clock, error="=cmd|x"
    )
    (row,) = taken(cast, "operator", "deliveries", "state=failed")
    assert (row["种类"], row["渠道"], row["原因"]) == ("matter.accept", "email", "'=cmd|x")
    assert not {"收件人", "姓名", "手机号"} & set(row)


def test_the_calendar_and_the_rules(stages: Stages) -> None:
    rows = taken(stages.cast, "department", "calendar")
    assert {"年份": "2026", "日期": "2026-01-01", "安排": "休息"}.items() <= rows[0].items()
    (row,) = (row for row in taken(stages.cast, "worker", "categories") if row["代码"] == "facility")
    assert row["路径"] == "设施 › 其他 › 道路与公共设施"
    assert row["关键词"].startswith("井盖、路灯、")
    assert "受理" in {row["环节"] for row in taken(stages.cast, "worker", "clocks")}


def test_figures(stages: Stages) -> None:
    stages.reported()
    stages.sent()
    follow()
    cast = stages.cast
    rows = {row["区域"]: row for row in taken(cast, "district", "figures-by-area")}
    assert (rows["桂花街道"]["收到"], rows["梧桐街道"]["收到"]) == ("2", "0")
    classes = {row["名称"]: row["件数"] for row in taken(cast, "street", "figures-by-class", "period=year")}
    assert (classes["大事"], classes["待研判"]) == ("1", "1")
    assert "时段：2026-01-01至2026-03-10" in Export.objects.latest("pk").conditions
    kinds = {row["名称"]: row["件数"] for row in taken(cast, "street", "figures-by-category")}
    assert sum(map(int, kinds.values())) == 2
    assert make(cast, "street", "figures-by-area", "area=990101002").status_code == 404


def test_the_table_under_each_picture(stages: Stages) -> None:
    stages.sent()
    follow()
    cast = stages.cast
    rows = {row["区域"]: row for row in taken(cast, "district", "rates-by-area")}
    assert (rows["桂花街道"]["收到"], rows["梧桐街道"]["收到"]) == ("1", "0")
    assert "怎么来的：取临江区内" in Export.objects.latest("pk").conditions
    for code in PICTURES:
        assert taken(cast, "street", f"rates-{code}"), code
        assert make(cast, "street", f"rates-{code}", "area=990101002").status_code == 404, code


def test_people_are_taken_away_masked(cast: Cast, clock: Any) -> None:
    plan = building_make(cast)
    person = person_make(plan, date(1950, 4, 1), name="欧阳桂兰", phone="13812345678")
    household_make(plan, "101", person)
    shop_make(plan)
    (row,) = taken(cast, "worker", "registry-people", "age_from=60")
    assert (row["姓名"], row["年龄"], row["住址"]) == ("欧阳**", "75", "桂花苑1号楼1单元101室")
    (row,) = taken(cast, "grid_worker", "registry-households")
    assert (row["户主"], row["实际居住人数"], row["入住日期"]) == ("欧阳**", "1", "2020-01-01")
    (row,) = taken(cast, "street", "registry-establishments", "q=便利")
    assert (row["名称"], row["地址"]) == ("桂花便利店", "桂花苑1号楼底层商铺")
    for code in ("registry-people", "registry-households", "registry-establishments"):
        assert make(cast, "worker_b", code).status_code == 404, code
    assert make(cast, "worker", "registry-people", "age_to=60").status_code == 404


def test_posters(stages: Stages) -> None:
    poster = poster_create(actor=stages.cast.actor("worker"), compound=stages.compound)
    (row,) = taken(stages.cast, "street", "posters")
    assert (row["小区"], row["代码"], row["状态"]) == ("桂花苑", poster.code, "在用")
    assert make(stages.cast, "other_street", "posters").status_code == 404


def test_a_resident_takes_their_own(stages: Stages) -> None:
    own = stages.reported()
    stages.reported(by="neighbour", text="隔壁的事：水管漏水")
    (row,) = taken(stages.cast, "resident", "my-matters")
    assert (row["编号"], row["内容"]) == (own.number, own.text)
    assert make(stages.cast, "visitor", "my-matters").status_code == 401
    assert make(stages.cast, "worker_b", "my-matters").status_code == 404


@pytest.mark.parametrize("who", ["visitor", "resident", "department"])
def test_anybody_takes_what_is_published_and_nothing_else(stages: Stages, who: str) -> None:
    stages.reported("没有公开的事，电话13912345678")
    matter = stages.published()
    (row,) = taken(stages.cast, who, "public", "area=all")
    assert (row["标题"], row["内容"], row["进展"]) == ("路灯维修", "正在联系维修", "正在办")
    assert not {matter.number, matter.text, "王阿姨"} & set(row.values())
    assert make(stages.cast, who, "public", "area=990101002").status_code == 404
    assert make(stages.cast, who, "public", "q=没有这个词").status_code == 404


def test_executing_units_take_only_what_they_take_part_in(stages: Stages) -> None:
    stages.reported()
    sent = stages.sent("chengguan")
    assert {stages.cast.actor("department").function} <= EXECUTING
    assert [row["编号"] for row in taken(stages.cast, "department", "matters")] == [sent.number]
    assert make(stages.cast, "property", "matters").status_code == 404
