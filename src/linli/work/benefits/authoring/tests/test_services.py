"""Policies are begun and written by their district or city; a refusal changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.notices.selectors import notice_list
from linli.work.benefits.authoring import selectors
from linli.work.benefits.authoring.checked import draft_of as said_by
from linli.work.benefits.authoring.checked import looked_through
from linli.work.benefits.authoring.services import conditions as edit
from linli.work.benefits.authoring.services import standards as figures
from linli.work.benefits.authoring.services import versions as do
from linli.work.benefits.authoring.services.shipping import policies_ship
from linli.work.benefits.models import Policy, PolicyVersion, StandardValue
from tests.people import Cast

from .conftest import CASES, TEXT, PolicyMaker, draft_of

pytestmark = pytest.mark.django_db
START = {"code": "elder", "name": "老年津贴", "authority": "区民政局", "unit": "person"}


def state() -> list[Any]:
    """Everything of this room that a refusal must leave alone."""
    return [
        list(model.objects.order_by("pk").values()) for model in (Policy, PolicyVersion, StandardValue, Duty)
    ]


def refused(kind: type[Refusal], act: Any, /, **arguments: Any) -> Refusal:
    """The act is refused in such a way, and nothing has changed."""
    before, records = state(), AuditRecord.objects.count()
    with pytest.raises(kind) as raised:
        act(**arguments)
    assert state() == before and AuditRecord.objects.count() == records
    return raised.value


def faults_of(version: PolicyVersion) -> list[Any]:
    """What must be mended in a version, as it is kept."""
    return [finding for finding in version.findings if finding["kind"] == "fault"]


# -- beginning -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["district", "city"])
def test_district_and_city_begin_policies_of_their_own(seconds: Cast, who: str) -> None:
    policy = do.policy_start(actor=seconds.actor(who), **START)
    assert policy.area_path == seconds.actor(who).areas[0]
    draft = draft_of(policy)
    assert draft.number == 1 and draft.state == "draft" and draft.findings
    assert AuditRecord.objects.filter(verb="policy.start", subject_id=str(policy.public_id)).count() == 1


@pytest.mark.parametrize(
    "who", ["worker", "street", "department", "supervisor", "operator", "resident", "visitor", "grid_worker"]
)
def test_nobody_else_begins_any(cast: Cast, who: str) -> None:
    refused(NotAllowed, do.policy_start, actor=cast.actor(who), **START)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("code", value) for value in ("", "Elder", "1a", "a", "老年", "a" * 41, "a-b")),
        *(("name", value) for value in ("", " ", "长" * 81)),
        ("authority", ""),
        ("unit", "dog"),
    ],
)
def test_what_cannot_begin_is_said_beside_its_field(cast: Cast, field: str, value: str) -> None:
    found = refused(InvalidInput, do.policy_start, actor=cast.actor("district"), **{**START, field: value})
    assert list(found.details) == [field]


def test_a_code_is_used_once(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy_of()
    refused(InvalidInput, do.policy_start, actor=seconds.actor("city"), **START)


def test_one_begins_like_another(policy_of: PolicyMaker, seconds: Cast) -> None:
    model, district = policy_of(), seconds.actor("district")
    again = {**START, "code": "elder2", "like": "elder"}
    assert list(refused(InvalidInput, do.policy_start, actor=district, **again).details) == [
        "like"
    ]  # a draft
    published(seconds, model)
    other = {**again, "unit": "household"}
    assert list(refused(InvalidInput, do.policy_start, actor=district, **other).details) == ["like"]
    draft = draft_of(do.policy_start(actor=district, **again))
    said, before = said_by(draft), said_by(model.versions.get())
    assert draft.cases == CASES and said["mark"] == "✘"
    assert {name: said[name] for name in ("when", "amount", "plain")} == {
        name: before[name] for name in ("when", "amount", "plain")
    }
    assert not {"document", "source"} & set(said)


# -- writing ---------------------------------------------------------------------------------------------
def test_a_text_is_kept_with_what_is_found_in_it(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, district = policy_of(), seconds.actor("district")
    assert not faults_of(draft_of(policy))
    wrong = TEXT.replace("hukou", "hukoo")
    saved = do.version_save(actor=district, policy_id=policy.pk, lock=2, text=wrong, cases=CASES)
    assert saved.text == wrong and saved.lock == 3
    (finding,) = faults_of(saved)
    assert finding["kind"] == "fault" and finding["place"] == "when.all[0].fact" and finding["line"] == 8


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("text", "- 1\n- 2"),
        ("text", "when: [unclosed"),
        ("text", ""),
        ("text", "a: &x 1\nb: *x"),
        ("text", "x: " + "长" * 400_001),
        ("cases", "- name: [unclosed"),
    ],
)
def test_what_cannot_be_taken_apart_is_not_kept(
    policy_of: PolicyMaker, seconds: Cast, field: str, text: str
) -> None:
    policy = policy_of()
    texts = {"text": TEXT, "cases": CASES, field: text}
    found = refused(
        InvalidInput, do.version_save, actor=seconds.actor("district"), policy_id=policy.pk, lock=2, **texts
    )
    assert list(found.details) == [field]


def test_two_people_do_not_write_over_each_other(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy = policy_of()
    texts = {"text": TEXT + "notes: []", "cases": CASES}
    refused(
        StaleVersion, do.version_save, actor=seconds.actor("district2"), policy_id=policy.pk, lock=1, **texts
    )


@pytest.mark.parametrize(
    ("who", "how"),
    [("city", NotAllowed), ("street", NotAllowed), ("worker", NotAllowed), ("other_district", NotFound)],
)
def test_only_its_own_district_writes(policy_of: PolicyMaker, seconds: Cast, who: str, how: Any) -> None:
    policy = policy_of()
    refused(how, do.version_save, actor=seconds.actor(who), policy_id=policy.pk, lock=2, text=TEXT, cases="")
    refused(how, do.version_draft, actor=seconds.actor(who), policy_id=policy.pk)
    refused(how, do.version_discard, actor=seconds.actor(who), policy_id=policy.pk, lock=2)
    refused(
        how, edit.condition_act, actor=seconds.actor(who), policy_id=policy.pk, lock=2, place="when", act="up"
    )


def test_edits_are_taken_back_one_by_one(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, district = policy_of(), seconds.actor("district")
    node = {"policy": "dibao"}
    edit.condition_add(actor=district, policy_id=policy.pk, lock=2, place="when", node=node)
    edit.condition_act(actor=district, policy_id=policy.pk, lock=3, place="when.all[0]", act="remove")
    assert said_by(draft_of(policy))["when"]["all"][-1] == node
    do.version_undo(actor=district, policy_id=policy.pk, lock=4)
    do.version_undo(actor=district, policy_id=policy.pk, lock=5)
    assert draft_of(policy).text == TEXT
    do.version_undo(actor=district, policy_id=policy.pk, lock=6)
    refused(Conflict, do.version_undo, actor=district, policy_id=policy.pk, lock=7)


def test_each_act_of_the_browser_leaves_a_readable_draft(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy = policy_of()
    about = {"actor": seconds.actor("district"), "policy_id": policy.pk}
    edit.group_change(**about, lock=2, place="when.all[1]", group="any", label="年龄", clause="")
    edit.condition_add(**about, lock=3, place="when.all[1]", node={"age": {"under": "3"}})
    edit.condition_change(**about, lock=4, place="when.all[0]", node={"fact": "hukou", "in": ["hmt"]})
    edit.group_change(**about, lock=5, place="when.all[1]", group="at_least", count=2)
    edit.condition_act(**about, lock=6, place="when.all[1]", act="up")
    saved = edit.draft_fill(**about, lock=7, said={"amount": "80", "bring": [], "where": "街道"})
    assert not faults_of(saved) and saved.lock == 8
    says = said_by(saved)
    assert says["when"]["all"][0]["at_least"]["count"] == "2" and says["amount"] == "80"
    assert "bring" not in says and says["where"] == "街道"


def test_a_place_that_is_gone_is_refused(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy = policy_of()
    about = {"actor": seconds.actor("district"), "policy_id": policy.pk, "lock": 2}
    refused(NotFound, edit.condition_act, **about, place="when.all[9]", act="remove")
    refused(NotFound, edit.condition_add, **about, place="when.all[0]", node={"policy": "x"})
    refused(NotFound, edit.group_change, **about, place="amount", group="any")
    refused(InvalidInput, edit.condition_act, **about, place="when.all[0]", act="explode")
    refused(InvalidInput, edit.group_change, **about, place="when.all[0]", group="perhaps")


def test_a_draft_thrown_away_takes_a_policy_that_never_was_with_it(
    policy_of: PolicyMaker, seconds: Cast
) -> None:
    policy = policy_of()
    do.version_discard(actor=seconds.actor("district2"), policy_id=policy.pk, lock=2)
    assert not Policy.objects.exists() and not PolicyVersion.objects.exists()
    assert set(AuditRecord.objects.values_list("verb", flat=True)) >= {"policy.discard", "policy.remove"}


# -- dated figures -----------------------------------------------------------------------------------------
FIGURE: dict[str, Any] = {
    "code": "dibao",
    "name": "低保标准",
    "from_on": date(2024, 7, 1),
    "amount": 159_500,
    "source": "沪民规〔2023〕6号",
    "mark": "○",
}


def test_a_figure_counts_once_another_person_has_published_it(seconds: Cast) -> None:
    district = seconds.actor("district")
    row = figures.standard_propose(actor=district, **FIGURE)
    day = date(2025, 1, 1)
    assert selectors.standards_on(day, row.area_path) == {}
    assert Duty.objects.filter(subject_id=str(row.public_id), state="open").count() == 1
    refused(NotAllowed, figures.standard_publish, actor=district, standard_id=row.pk)
    figures.standard_publish(actor=seconds.actor("district2"), standard_id=row.pk)
    assert selectors.standards_on(day, row.area_path) == {"dibao": 159_500}
    assert selectors.standards_on(date(2024, 6, 30), row.area_path) == {}
    assert not Duty.objects.filter(subject_id=str(row.public_id), state="open").exists()
    refused(Conflict, figures.standard_withdraw, actor=district, standard_id=row.pk)


def test_the_nearest_area_and_the_latest_day_win(seconds: Cast) -> None:
    for proposer, second, day, amount in (
        ("city", "city2", date(2024, 7, 1), 100),
        ("district", "district2", date(2024, 1, 1), 300),
        ("city", "city2", date(2025, 7, 1), 200),
    ):
        more = {**FIGURE, "from_on": day, "amount": amount}
        row = figures.standard_propose(actor=seconds.actor(proposer), **more)
        figures.standard_publish(actor=seconds.actor(second), standard_id=row.pk)
    city, district = seconds.actor("city").areas[0], seconds.actor("district").areas[0]
    other = seconds.actor("other_district").areas[0]
    assert selectors.standards_on(date(2026, 1, 1), city) == {"dibao": 200}
    assert selectors.standards_on(date(2026, 1, 1), district) == {"dibao": 300}
    assert selectors.standards_on(date(2025, 1, 1), other) == {"dibao": 100}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "低保"),
        ("name", ""),
        ("amount", -1),
        ("amount", 10**13),
        ("source", ""),
        ("mark", "?"),
        ("from_on", date(2024, 7, 1)),
        ("is_money", False),
    ],
)
def test_what_is_no_figure_is_said_beside_its_field(seconds: Cast, field: str, value: Any) -> None:
    figures.standard_propose(actor=seconds.actor("district"), **FIGURE)
    more = {**FIGURE, "from_on": date(2025, 7, 1), field: value}
    found = refused(InvalidInput, figures.standard_propose, actor=seconds.actor("district"), **more)
    assert list(found.details) == [field]


def test_others_neither_publish_nor_take_back_a_figure(seconds: Cast) -> None:
    row = figures.standard_propose(actor=seconds.actor("district"), **FIGURE)
    refused(NotFound, figures.standard_publish, actor=seconds.actor("other_district"), standard_id=row.pk)
    refused(NotFound, figures.standard_publish, actor=seconds.actor("street"), standard_id=row.pk)
    refused(NotFound, figures.standard_withdraw, actor=seconds.actor("other_district"), standard_id=row.pk)
    figures.standard_withdraw(actor=seconds.actor("district"), standard_id=row.pk)
    assert not StandardValue.objects.exists()


def test_who_does_not_approve_a_figure_says_why_to_whoever_proposed_it(seconds: Cast) -> None:
    row = figures.standard_propose(actor=seconds.actor("district"), **FIGURE)
    about = {"actor": seconds.actor("district2"), "standard_id": row.pk}
    for reason in ("", " ", "长" * 201):
        found = refused(InvalidInput, figures.standard_withdraw, **about, reason=reason)
        assert list(found.details) == ["reason"]
    figures.standard_withdraw(**about, reason="文号不对")
    [told] = notice_list(seconds.actor("district")).filter(kind="benefits.standard")
    assert "没有核准" in told.title and "文号不对" in told.body
    assert not notice_list(seconds.actor("district2")).filter(kind="benefits.standard").exists()


# -- publication -------------------------------------------------------------------------------------------
DAY = date(2026, 7, 1)
SAID: dict[str, Any] = {"from_on": DAY, "document": "试行〔2026〕1号", "remark": "第一版"}


def proposed(seconds: Cast, policy: Policy, **more: Any) -> PolicyVersion:
    lock = draft_of(policy).lock
    return do.version_propose(
        actor=seconds.actor("district"), policy_id=policy.pk, lock=lock, **{**SAID, **more}
    )


def published(seconds: Cast, policy: Policy, **more: Any) -> PolicyVersion:
    digest = proposed(seconds, policy, **more).digest
    return do.version_publish(actor=seconds.actor("district2"), policy_id=policy.pk, digest=digest)


def test_a_version_counts_from_its_day_once_another_person_has_published_it(
    policy_of: PolicyMaker, seconds: Cast
) -> None:
    policy = policy_of()
    waiting = proposed(seconds, policy)
    assert waiting.state == "waiting" and not Policy.objects.public().exists()
    assert Duty.objects.filter(subject_id=str(policy.public_id), state="open").count() == 1
    about = {"policy_id": policy.pk, "digest": waiting.digest}
    refused(NotAllowed, do.version_publish, actor=seconds.actor("district"), **about)
    refused(NotAllowed, do.version_publish, actor=seconds.actor("street"), **about)
    refused(NotFound, do.version_publish, actor=seconds.actor("other_district"), **about)
    refused(
        StaleVersion, do.version_publish, actor=seconds.actor("district2"), policy_id=policy.pk, digest="x"
    )
    done = do.version_publish(actor=seconds.actor("district2"), **about)
    assert done.state == "published" and selectors.version_on(policy, DAY) == done
    assert selectors.version_on(policy, date(2026, 6, 30)) is None
    assert not Duty.objects.filter(subject_id=str(policy.public_id), state="open").exists()
    assert told(seconds) == ["《老年津贴elder》第1版已发布"]


def told(seconds: Cast) -> list[str]:
    inbox = notice_list(seconds.actor("district"))
    return list(inbox.filter(kind="benefits.version").values_list("title", flat=True))


def test_the_city_may_be_the_second_person_of_a_district(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy = policy_of()
    digest = proposed(seconds, policy).digest
    assert do.version_publish(actor=seconds.actor("city"), policy_id=policy.pk, digest=digest).published_by


def test_what_is_published_is_never_written_again(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, district = policy_of(), seconds.actor("district")
    first = published(seconds, policy)
    refused(Conflict, do.version_save, actor=district, policy_id=policy.pk, lock=3, text=TEXT, cases="")
    draft = do.version_draft(actor=district, policy_id=policy.pk)
    assert draft.number == 2 and draft.text == first.text
    assert do.version_draft(actor=district, policy_id=policy.pk) == draft
    later = TEXT.replace("amount: 75", "amount: 80")
    cases = CASES.replace("amount: 75", "amount: 80")
    do.version_save(actor=district, policy_id=policy.pk, lock=1, text=later, cases=cases)
    found = refused(InvalidInput, proposed, seconds=seconds, policy=policy)
    assert list(found.details) == ["from_on"]
    second = published(seconds, policy, from_on=date(2027, 1, 1), to_on=date(2028, 1, 1))
    for day, version in ((date(2026, 12, 31), first), (date(2027, 1, 1), second), (date(2028, 1, 1), None)):
        assert selectors.version_on(policy, day) == version
    first.refresh_from_db()
    assert first.text == TEXT


@pytest.mark.parametrize(
    ("field", "value"),
    [("document", ""), ("remark", " "), ("remark", "长" * 201), ("to_on", DAY), ("to_on", date(2026, 6, 1))],
)
def test_what_is_missing_to_propose_is_said_beside_its_field(
    policy_of: PolicyMaker, seconds: Cast, field: str, value: Any
) -> None:
    policy = policy_of()
    found = refused(InvalidInput, proposed, seconds=seconds, policy=policy, **{field: value})
    assert list(found.details) == [field]


@pytest.mark.parametrize(
    ("text", "cases", "words"),
    [
        (TEXT.replace("hukou", "hukoo"), CASES, "必须改好"),
        (TEXT.replace("unit: person", "unit: child"), CASES, "发给"),
        (TEXT, "", "还没有案例"),
        (TEXT, CASES.replace("expect: not", "expect: unknown"), "生日当天还不算"),
        (TEXT, CASES.replace("amount: 75", "amount: 76"), "第二天起每月75元"),
        (TEXT, CASES.replace("missing: [hukou]", "missing: [birth]"), "不知道户籍就待核"),
        (TEXT, CASES.replace("on: 2025-03-01", "on: 昨天"), "日期"),
    ],
)
def test_nothing_wrong_is_handed_on(
    policy_of: PolicyMaker, seconds: Cast, text: str, cases: str, words: str
) -> None:
    policy = policy_of(text=text, cases=cases)
    assert words in refused(Conflict, proposed, seconds=seconds, policy=policy).message


def test_a_refused_version_is_written_on_and_a_waiting_one_is_taken_back(
    policy_of: PolicyMaker, seconds: Cast
) -> None:
    policy, district, second = policy_of(), seconds.actor("district"), seconds.actor("district2")
    proposed(seconds, policy)
    refused(Conflict, do.version_save, actor=district, policy_id=policy.pk, lock=3, text=TEXT, cases="")
    refused(InvalidInput, do.version_refuse, actor=second, policy_id=policy.pk, reason=" ")
    refused(NotAllowed, do.version_refuse, actor=district, policy_id=policy.pk, reason="不对")
    back = do.version_refuse(actor=second, policy_id=policy.pk, reason="文号不对")
    assert told(seconds) == ["《老年津贴elder》第1版被退回修改"]
    assert back.state == "draft" and back.remark == SAID["remark"] and back.digest == ""
    assert back.is_returned and (back.refusal, back.refused_by_id) == ("文号不对", second.person_id)
    for who, page in (("district", "draft/"), ("district2", "draft/"), ("district", ""), ("city", "")):
        shown = seconds.client(who).get(f"/desk/benefits/{policy.public_id}/{page}").content.decode()
        assert "褚二于" in shown and "文号不对" in shown, (who, page)
    [row] = selectors.policy_table(district, state="returned")
    assert (row.work, row.refusal) == ("draft", "文号不对")
    assert not selectors.policy_table(seconds.actor("street"), state="returned")
    assert not Duty.objects.filter(subject_id=str(policy.public_id), state="open").exists()
    again = proposed(seconds, policy)
    assert (again.refusal, again.refused_at, again.refused_by) == ("", None, None)
    refused(NotAllowed, do.version_withdraw, actor=seconds.actor("city"), policy_id=policy.pk)
    taken = do.version_withdraw(actor=district, policy_id=policy.pk)
    assert taken.state == "draft" and not taken.is_returned
    assert not selectors.policy_table(district, state="returned")
    refused(Conflict, do.version_withdraw, actor=district, policy_id=policy.pk)


# -- what comes with the software --------------------------------------------------------------------------
def test_what_is_shipped_is_put_in_once_and_left_alone(seconds: Cast) -> None:
    place, machine = seconds.places["province"], system("policies")
    versions, rows = policies_ship(actor=machine, place=place)
    assert versions == PolicyVersion.objects.count() >= 14 and rows == StandardValue.objects.count() > 0
    assert policies_ship(actor=machine, place=place) == (0, 0)
    nursing = Policy.objects.get(code="disabled_nursing")
    before, after = (selectors.version_on(nursing, day) for day in (date(2025, 6, 30), date(2025, 7, 1)))
    assert before is not None and after is not None and before != after
    refused(NotAllowed, policies_ship, actor=seconds.actor("city"), place=place)


def test_the_city_writes_on_what_was_shipped(seconds: Cast) -> None:
    policies_ship(actor=system("policies"), place=seconds.places["province"])
    policy, city = Policy.objects.get(code="elder_allowance"), seconds.actor("city")
    draft = do.version_draft(actor=city, policy_id=policy.pk)
    looked = looked_through(draft)
    assert not looked.faults and looked.cases and all(case.is_right for case in looked.cases)
    said = {**SAID, "from_on": date(2027, 1, 1)}
    waiting = do.version_propose(actor=city, policy_id=policy.pk, lock=draft.lock, **said)
    done = do.version_publish(actor=seconds.actor("city2"), policy_id=policy.pk, digest=waiting.digest)
    assert policies_ship(actor=system("policies"), place=seconds.places["province"]) == (0, 0)
    assert selectors.version_latest(policy) == done
