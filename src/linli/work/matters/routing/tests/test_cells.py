"""Cells: read from plain words, said again in the same, kept where they cannot be read."""

import pytest

from linli.work.matters.routing import rules
from linli.work.matters.routing.cells import RAW, Known, Lookup, cells_read, cells_said, row_of

LOOKUP = Lookup(
    categories={"市容/噪声": ["市容/噪声"], "噪声": ["市容/噪声"], "其他": ["市容/其他", "物业/其他"]},
    areas={"第一居委": "990101001001", "990101001001": "990101001001"},
    units={"城管中队": "u1", "物业公司": "u2"},
    kinds=frozenset({"城管"}),
)
KNOWN = Known(
    categories=frozenset({"市容/噪声"}),
    areas={"990101001001": ("第一居委", "99/9901/990101001001/")},
    units={"u1": ("城管中队", True), "u2": ("物业公司", False)},
    kinds=frozenset({"城管"}),
)
TYPED = {
    "category": "噪声",
    "area": "第一居委",
    "place": "小区内、里弄",
    "days": "周末，星期一",
    "hours": "22点到次日6点",
    "answers": "是否正在搭建=是|说不清；层数=一层",
    "words": "正在搭建、ＡＢＣ",
    "lead": "类别：城管",
    "helpers": "城管中队",
    "direct": "是",
    "note": "权责清单第12项",
}
SAID = {
    "category": "市容/噪声",
    "area": "第一居委",
    "place": "小区内、里弄",
    "days": "休息日、周一",
    "hours": "22:00-06:00",
    "answers": "是否正在搭建=是|说不清；层数=一层",
    "words": "正在搭建、abc",
    "lead": "类别：城管",
    "helpers": "城管中队",
    "direct": "是",
    "note": "权责清单第12项",
}


def test_what_is_typed_is_said_again() -> None:
    row, faults = cells_read(TYPED, rules.ROUTE, LOOKUP)
    assert not faults and cells_said(row, rules.ROUTE, KNOWN) == SAID
    assert cells_read(SAID, rules.ROUTE, LOOKUP)[0] == row


def test_a_name_may_hold_the_sign_that_parts_a_list() -> None:
    known = Lookup(
        categories={"邻里/噪声、养犬": ["邻里/噪声、养犬"], "市容": ["市容"], "噪声": ["市容/噪声"]},
        units={"水务(东)中队": "u1", "甲,乙公司": "u2"},
    )
    typed = {"category": "市容、邻里/噪声、养犬、噪声", "lead": "水务（东）中队", "helpers": "甲，乙公司"}
    row, faults = cells_read(typed, rules.ROUTE, known)
    assert not faults and row["category"] == ["市容", "邻里/噪声、养犬", "市容/噪声"]
    assert (row["lead"], row["helpers"]) == ("unit:u1", ["unit:u2"])


def test_a_row_becomes_a_rule() -> None:
    rule = row_of(3, cells_read(TYPED, rules.ROUTE, LOOKUP)[0], rules.ROUTE, KNOWN)
    assert not rule.faults and rule.number == 3
    assert rule.condition.areas == ("99/9901/990101001001/",) and rule.condition.hours == ((1320, 360),)
    assert rule.condition.answers == (("是否正在搭建", ("是", "说不清")), ("层数", ("一层",)))
    assert (rule.outcome.lead, rule.outcome.helpers) == ("kind:城管", ("unit:u1",))


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("category", "没有这类", "类别清单里没有"),
        ("category", "其他", "完整路径"),
        ("area", "别的区", "本区域内没有"),
        ("place", "天上", "可以写"),
        ("days", "明天", "可以写"),
        ("hours", "晚上", "22:00-06:00"),
        ("hours", "25:00-26:00", "22:00-06:00"),
        ("hours", "22:75-23:00", "22:00-06:00"),
        ("hours", "08:00-08:00", "22:00-06:00"),
        ("answers", "是否正在搭建", "是否正在搭建=是"),
        ("words", "字" * 31, "30"),
        ("lead", "市容局", "请从清单中选"),
        ("lead", "城管中队、物业公司", "只能写一个"),
        ("helpers", "城管中队、市容局", "请从清单中选"),
        ("direct", "也许", "请写“是”"),
        ("note", "字" * 201, "200"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_to_write(code: str, text: str, words: str) -> None:
    row, faults = cells_read({"lead": "城管中队", code: text}, rules.ROUTE, LOOKUP)
    assert words in faults[code] and list(faults) == [code]
    assert row[RAW] == {code: text} and cells_said(row, rules.ROUTE, KNOWN)[code] == text
    assert any("读不懂" in fault for fault in row_of(1, row, rules.ROUTE, KNOWN).faults)


@pytest.mark.parametrize(
    ("subject", "code", "text", "kept"),
    [
        (rules.CLASS, "class", "小事", "minor"),
        (rules.CLOCK, "limit", "2小时", [2, "hour"]),
        (rules.CLOCK, "limit", "5 个工作日", [5, "workday"]),
        (rules.CLOCK, "limit", "3个工作小时", [3, "workhour"]),
        (rules.URGENCY, "urgency", "紧急", "urgent"),
    ],
)
def test_results_of_the_other_subjects(subject: str, code: str, text: str, kept: object) -> None:
    row, faults = cells_read({code: text}, subject, LOOKUP)
    assert not faults and row[code] == kept
    again = cells_read(cells_said(row, subject, KNOWN), subject, LOOKUP)[0]
    assert again == row


@pytest.mark.parametrize(
    ("subject", "text"), [(rules.CLOCK, "很快"), (rules.CLOCK, "0天"), (rules.CLASS, "中事")]
)
def test_results_that_cannot_be_read(subject: str, text: str) -> None:
    assert cells_read({"limit": text, "class": text}, subject, LOOKUP)[1]


def test_a_row_without_a_result_is_refused() -> None:
    assert "主办" in cells_read({"category": "噪声"}, rules.ROUTE, LOOKUP)[1]["lead"]


def test_what_is_gone_today_is_a_fault() -> None:
    row = {"category": ["没了"], "area": ["1"], "lead": "unit:u2", "helpers": ["unit:u9", "kind:环卫"]}
    faults = "；".join(row_of(1, row, rules.ROUTE, KNOWN).faults)
    for words in ("“没了”已不在", "“1”已撤销", "“物业公司”已停用", "已不存在", "没有在用的“环卫”类单位"):
        assert words in faults


@pytest.mark.parametrize(
    "broken", [{"hours": [[1]]}, {"answers": ["x"]}, {"limit": ["x", "y"]}, {"raw": None}]
)
def test_a_spoilt_row_is_a_fault_and_no_crash(broken: dict[str, object]) -> None:
    assert row_of(1, {"lead": "kind:城管", **broken}, rules.ROUTE, KNOWN).faults
