"""Every action of the desk through HTTP: it works for whom it is offered, and a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from linli.core import clock as core_clock
from linli.work.matters.desk.table import ACTIONS
from linli.work.matters.models import Matter
from tests.people import Cast

from .desk_stages import Stages, stages_build

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    return stages_build(cast)


def no_key(stages: Stages, matter: Matter) -> str:
    return ""


def lead(stages: Stages, matter: Matter) -> str:
    return str(stages.lead(matter).public_id)


def co(stages: Stages, matter: Matter) -> str:
    return str(matter.assignments.get(part="co").public_id)


def counter(stages: Stages, matter: Matter) -> str:
    return str(matter.assignments.get(part="counter").public_id)


def request(stages: Stages, matter: Matter) -> str:
    return str(matter.requests.get(outcome="").public_id)


def question(stages: Stages, matter: Matter) -> str:
    return str(matter.questions.get().public_id)


def unit(name: str) -> Callable[[Stages], str]:
    return lambda stages: str(stages.cast.units[name].public_id)


def in_days(days: int) -> Callable[[Stages], str]:
    return lambda stages: str(core_clock.today() + timedelta(days=days))


def token(stages: Stages) -> str:
    return f"compound:{stages.compound.public_id}"


@dataclass(frozen=True)
class Case:
    """One action: its stage, who presses, what they fill in, and what is wrong with ``bad``."""

    code: str
    stage: Callable[[Stages], Matter]
    who: str
    good: dict[str, Any]
    bad: dict[str, Any] | None = None
    complaint: str = ""
    key: Callable[[Stages, Matter], str] = no_key
    state: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}-{self.who}"


CASES = [
    Case("remind", Stages.sent, "worker", {"note": "请加快"}, {"note": "长" * 301}, "最多300个字"),
    Case("accept", Stages.reported, "worker", {"note": "马上看"}, state="accepted"),
    Case(
        "decline",
        Stages.reported,
        "worker",
        {"reason": "不归社区", "where_to_go": "街道受理中心"},
        {"reason": "不归社区"},
        "归谁、可以去哪里办",
        state="declined",
    ),
    Case(
        "split",
        Stages.merged,
        "worker",
        {"reason": "是另一栋楼的灯"},
        {"reason": ""},
        "请填写",
        state="reported",
    ),
    Case("place_set", Stages.accepted, "worker", {"place": token}, {"place_words": "没有的小区"}, "没有找到"),
    Case(
        "sort",
        Stages.accepted,
        "worker",
        {"category": "facility", "affair_class": "major", "reason": "影响多户"},
        {"category": "facility", "affair_class": "major"},
        "请填写分类理由。",
        state="accepted",
    ),
    Case(
        "confirm_class",
        Stages.sorted_,
        "worker2",
        {"council_on": in_days(0), "minutes": "居委会议定"},
        {"council_on": in_days(2), "minutes": "居委会议定"},
        "议定日期不能晚于今天。",
    ),
    Case(
        "hand_over",
        Stages.accepted,
        "street",
        {"unit": unit("chengguan"), "affair_class": "major", "reason": "职责"},
        {"affair_class": "major", "reason": "职责"},
        "请选择主办单位。",
        state="handling",
    ),
    Case(
        "guide",
        Stages.accepted,
        "worker",
        {"guidance": "请联系装修公司", "reason": "自家维修"},
        {"reason": "自家维修"},
        "请填写怎么解决。",
        state="guided",
    ),
    Case(
        "start_discussion",
        lambda stages: stages.sorted_("minor"),
        "worker",
        {"topic_link": "周五19:00，活动室"},
        {},
        "请填写协商的时间和地点。",
        state="discussing",
    ),
    Case(
        "finish_discussion",
        Stages.discussing,
        "worker",
        {"resolution": "大家同意装灯", "unit": unit("wuye")},
        {},
        "请填写协商结果。",
        state="handling",
    ),
    Case(
        "end_discussion",
        Stages.discussing,
        "worker",
        {"reason": "没谈拢"},
        {},
        "请填写理由。",
        state="accepted",
    ),
    Case(
        "mandatory_report",
        Stages.accepted,
        "worker",
        {"authority": "派出所", "note": "已报警"},
        {"note": "已报警"},
        "请填写报告给谁。",
    ),
    Case(
        "whistle",
        Stages.accepted,
        "street",
        {
            "cause": "concern",
            "reason": "居民反映强烈",
            "units": unit("fangguan"),
            "place": "小区门口",
            "at": lambda stages: (core_clock.now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
        },
        {"reason": "居民反映强烈", "place": "小区门口"},
        "请选择请哪些单位到场。",
    ),
    Case("sign", Stages.sent, "department", {}, key=lead, state="handling"),
    Case(
        "rehand",
        Stages.sent,
        "street",
        {"unit": unit("fangguan"), "reason": "职责"},
        {"reason": "职责"},
        "请选择主办单位。",
        state="handling",
    ),
    Case(
        "ask_return",
        Stages.signed,
        "department",
        {"reason": "不归我管", "proposal": "房管所"},
        {"reason": "不归我管"},
        "请写明归谁",
        key=lead,
    ),
    Case(
        "decide_return",
        Stages.return_asked,
        "street",
        {"is_granted": "yes", "unit": unit("fangguan"), "decision": "同意"},
        {"is_granted": "yes", "decision": "同意"},
        "请选择改派给哪个单位，或勾选",
        key=request,
    ),
    Case(
        "send_back",
        Stages.handled,
        "street",
        {"to": "accepted", "reason": "缺照片"},
        {"to": "discussing", "reason": "缺照片"},
        "请重新选择",
        state="accepted",
    ),
    Case(
        "straight_back",
        Stages.sent_back,
        "street",
        {"reason": "已补齐"},
        {},
        "请填写理由。",
        state="handled",
    ),
    Case("recall", Stages.sent, "street", {"reason": "派错了"}, {}, "请填写理由。", lead, "accepted"),
    Case(
        "retract_result",
        Stages.handled,
        "department",
        {"reason": "又坏了"},
        {},
        "请填写理由。",
        lead,
        "handling",
    ),
    Case("withdraw_request", Stages.return_asked, "department", {}, key=request),
    Case(
        "ask_countersign",
        Stages.signed,
        "department",
        {"units": unit("fangguan"), "question": "先修后补"},
        {"units": unit("fangguan")},
        "请填写请各单位同意什么。",
    ),
    Case(
        "countersign",
        Stages.countersigning,
        "department_b",
        {"is_agreed": "no", "opinion": "应由物业修"},
        {"is_agreed": "no"},
        "请填写意见。",
        key=counter,
    ),
    Case(
        "ask_extension",
        Stages.signed,
        "department",
        {"reason": "等配件", "new_due_on": in_days(60)},
        {"reason": "等配件", "new_due_on": in_days(-1)},
        "日期要晚于今天",
        key=lead,
    ),
    Case(
        "decide_extension",
        Stages.extension_asked,
        "street",
        {"is_granted": "yes", "decision": "同意"},
        {"decision": "同意"},
        "请选择审批结果。",
        key=request,
    ),
    Case(
        "ask_pause",
        Stages.signed,
        "department",
        {"lawful_reason": "weather", "reason": "下雨", "until_on": in_days(9)},
        {"lawful_reason": "想歇歇", "reason": "下雨", "until_on": in_days(9)},
        "请重新选择",
        key=lead,
    ),
    Case(
        "decide_pause",
        Stages.pause_asked,
        "street",
        {"is_granted": "yes", "decision": "同意"},
        {"is_granted": "yes"},
        "请填写审批意见。",
        key=request,
        state="suspended",
    ),
    Case("resume", Stages.paused, "street", {"reason": "雨停了"}, {}, "请填写理由。", state="handling"),
    Case(
        "answer",
        lambda stages: stages.signed(co=("fangguan",)),
        "department_b",
        {"result": "已配合"},
        {},
        "请填写协办情况。",
        key=co,
    ),
    Case(
        "waive",
        lambda stages: stages.signed(co=("fangguan",)),
        "street",
        {"reason": "不需要协办"},
        {},
        "请填写理由。",
        key=co,
    ),
    Case(
        "report_result",
        Stages.signed,
        "department",
        {"result": "已修好"},
        {"result": ""},
        "请填写办理结果。",
        key=lead,
        state="handled",
    ),
    Case(
        "verify",
        Stages.handled,
        "worker",
        {"outcome": "passed", "finding": "亮了"},
        {"finding": "亮了"},
        "请选择核查结论。",
        state="closed",
    ),
    Case(
        "verify",
        Stages.handled,
        "worker2",
        {"outcome": "failed", "finding": "还是不亮"},
        {"outcome": "failed"},
        "请填写核查情况。",
        state="handling",
    ),
    Case(
        "decide_reopen",
        Stages.reopening,
        "street",
        {"is_granted": "yes", "unit": unit("chengguan"), "affair_class": "major", "decision": "同意"},
        {"is_granted": "yes", "decision": "同意"},
        "请选择由哪个单位办理。",
        key=request,
        state="handling",
    ),
    Case("ask", Stages.accepted, "worker", {"text": "是哪一盏？"}, {}, "请填写想问什么。"),
    Case(
        "answer_question",
        Stages.questioned,
        "worker",
        {"answer": "北门那盏"},
        {},
        "请填写答复内容。",
        key=question,
    ),
    Case("note", Stages.accepted, "worker", {"note": "电话联系过"}, {}, "请填写补记内容。"),
    Case("supervise", Stages.signed, "district", {"note": "请抓紧"}, {}, "请填写督办意见。"),
    Case(
        "publish",
        Stages.accepted,
        "worker",
        {"title": "路灯维修", "text": "正在联系维修"},
        {"title": "路灯维修"},
        "请填写公开内容。",
    ),
    Case("unpublish", Stages.published, "worker", {"reason": "写错了"}, {}, "请填写理由。"),
    Case("document_receive", Stages.accepted, "worker", {"name": "身份证复印件"}, {}, "请填写材料名称。"),
]


def values(stages: Stages, given: dict[str, Any], matter: Matter) -> dict[str, Any]:
    """Return what the browser would send."""
    filled = {name: value(stages) if callable(value) else value for name, value in given.items()}
    return {**filled, "version": str(matter.version), "request_key": uuid4().hex}


def address(stages: Stages, case: Case, matter: Matter) -> str:
    key = case.key(stages, matter)
    name = "matters:action_on" if key else "matters:action"
    return reverse(name, args=[matter.public_id, case.code, *([key] if key else [])])


def snapshot(matter: Matter) -> tuple[Any, ...]:
    """Return what a refusal must leave alone."""
    matter.refresh_from_db()
    return (
        matter.state,
        matter.version,
        matter.events.count(),
        list(matter.assignments.values_list("state", "unit_id")),
        list(matter.requests.values_list("outcome", flat=True)),
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_action_is_offered_and_works(case: Case, stages: Stages) -> None:
    matter = case.stage(stages)
    client = stages.cast.client(case.who)
    url = address(stages, case, matter)
    record = reverse("matters:record", args=[matter.public_id])
    assert url in client.get(record).content.decode(), "the record page leads to the form"
    assert client.get(url).status_code == 200
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<form" in fragment
    assert "<html" not in fragment
    before = matter.events.count()
    answer = client.post(url, values(stages, case.good, matter))
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert answer["Location"] == record
    matter.refresh_from_db()
    assert matter.events.count() > before
    if case.state:
        assert matter.state == case.state
    assert str(ACTIONS[case.code].done) in client.get(record).content.decode()


@pytest.mark.parametrize("case", [case for case in CASES if case.bad is not None], ids=str)
def test_action_refused_keeps_text_and_changes_nothing(case: Case, stages: Stages) -> None:
    matter = case.stage(stages)
    client = stages.cast.client(case.who)
    before = snapshot(matter)
    answer = client.post(address(stages, case, matter), values(stages, case.bad or {}, matter))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert case.complaint in page
    typed = {name: value for name, value in (case.bad or {}).items() if isinstance(value, str)}
    for choice in ("lawful_reason", "to"):  # one that does not exist is not drawn
        typed.pop(choice, None)
    assert all(value in page for value in typed.values()), "what was typed is still there"
    assert snapshot(matter) == before


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("who", ["other_worker", "other_street", "supervisor", "property"])
def test_action_of_a_hidden_matter_is_not_found(case: Case, who: str, stages: Stages) -> None:
    matter = case.stage(stages)
    if Matter.objects.visible_to(stages.cast.actor(who)).filter(pk=matter.pk).exists():
        pytest.skip(f"{who} takes part in it")
    client = stages.cast.client(who)
    before = snapshot(matter)
    url = address(stages, case, matter)
    assert client.get(url).status_code == 404
    assert client.post(url, values(stages, case.good, matter)).status_code == 404
    assert snapshot(matter) == before


def test_every_row_of_the_table_is_tested() -> None:
    assert {case.code for case in CASES} | {"merge", "document_return", "protect"} == set(ACTIONS)
