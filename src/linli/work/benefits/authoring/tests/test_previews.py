"""A draft is previewed over the registry: numbers by district, the difference, what is missing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from linli.core.actor import system
from linli.core.errors import Conflict, NotFound
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.tests.facts_world import household_at
from linli.registers.residents.tests.persons import person as person_at
from linli.work.benefits.authoring.amounts import cost_words
from linli.work.benefits.authoring.services import versions as do
from linli.work.benefits.authoring.services.previews import preview_ask, preview_end
from linli.work.benefits.authoring.tasks import previews_reckon
from linli.work.benefits.models import Policy, Preview, Snapshot
from linli.work.benefits.snapshots.making import alone
from tests.people import Cast

from .conftest import TEXT, PolicyMaker, draft_of
from .test_services import published, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(clock: Any, seconds: Cast, settings: Any, tmp_path: Path) -> Cast:
    """One old resident who is registered here, one of whom that is not known, one who is young."""
    settings.HOME = tmp_path
    place = seconds.places["committee_a_place"]
    local = person_at(place, "陈爷爷", birth="1950-05-01", sex="m")
    open_ = person_at(place, "李奶奶", birth="1952-05-01", sex="f")
    young = person_at(place, "小王", birth="2001-05-01", sex="m")
    household_at(place.path, local, open_, young)
    fact_set(actor=seconds.actor("worker"), subject=local, key="hukou", value="local")
    return seconds


def reckoned(people: Cast, policy: Policy) -> Preview:
    preview = preview_ask(actor=people.actor("district"), policy_id=policy.pk)
    assert previews_reckon() == 1
    preview.refresh_from_db()
    assert preview.state == "done", preview.fault
    return preview


def test_a_preview_counts_people_money_and_what_is_missing(people: Cast, policy_of: PolicyMaker) -> None:
    result = reckoned(people, policy_of()).result
    assert (result["eligible"], result["unknown"]) == (1, 1)
    assert result["year"] is None, "what one gets is not even kept"
    assert result["missing"] == [["hukou", 1]] and result["before"] == 0
    (area,) = result["areas"]
    assert area["code"] == "990101" and area["refused"] == 1
    assert result["leads"] == 1 and result["workers"] > 0 and result["per_worker"] == 1
    assert Snapshot.objects.get().persons == 3 and previews_reckon() == 0


def test_a_preview_says_who_gains_against_the_version_in_force(people: Cast, policy_of: PolicyMaker) -> None:
    policy, district = policy_of(), people.actor("district")
    published(people, policy, from_on=date(2026, 1, 1))
    draft = do.version_draft(actor=district, policy_id=policy.pk)
    local = "- {label: 本市户籍, clause: 第二条, fact: hukou, in: [local]}\n    "
    wider = TEXT.replace("from: 65", "from: 20").replace(local, "")
    do.version_save(actor=district, policy_id=policy.pk, lock=draft.lock, text=wider, cases="")
    result = reckoned(people, policy).result
    assert (result["before"], result["gain"], result["lose"]) == (1, 2, 0)
    assert (result["was_eligible"], result["was_year"]) == (1, None)
    page = people.client("district").get(reverse("benefits:preview", args=[policy.public_id]))
    words = re.sub(r"<[^>]+>|\s", " ", page.content.decode())
    assert re.search(r"符合的 +&lt;5 +&lt;5 +— .*— +— +—", words) and "900元" not in words
    assert "新符合&lt;5人" in words.replace(" ", "")


def test_authors_see_tens_and_what_these_cost(people: Cast, policy_of: PolicyMaker) -> None:
    """Who writes the conditions could ask about a single person, were the numbers exact."""
    policy = policy_of()
    preview = reckoned(people, policy)
    area = {"code": "990101", "eligible": 33, "unknown": 4, "worth": 4, "refused": 126, "cost": 300_000}
    said = {"eligible": 33, "unknown": 4, "worth": 4, "year": 3_600_000, "leads": 37, "workers": 3}
    before = {"before": 1, "was_eligible": 21, "was_year": 2_400_000, "gain": 12, "lose": 0}
    preview.result = {**preview.result, **said, **before, "more": 7, "less": 0, "areas": [area]}
    preview.save()
    page = people.client("district").get(reverse("benefits:preview", args=[policy.public_id]))
    words = re.sub(r"<[^>]+>|\s+", " ", page.content.decode())
    assert re.search(r"符合的 +20 +30 +\+10 .*2\.40万元 +3\.60万元 +\+1\.20万元", words)
    assert "临江区 30 &lt;5 130 3,000元" in re.sub(" +", " ", words)
    assert "14 条线索" in re.sub(" +", " ", words) and "33" not in words


def test_nobody_is_read_from_what_all_get(people: Cast, policy_of: PolicyMaker) -> None:
    """An author lets one person get so much that the sum would tell whether the policy is for them."""
    place = people.places["committee_a_place"]
    many = [person_at(place, f"老人{at}", birth="1955-05-01", sex="m") for at in range(32)]
    household_at(place.path, *many)
    for one in many:
        fact_set(actor=people.actor("worker"), subject=one, key="hukou", value="local")
    policy, told = policy_of(), []
    lock = draft_of(policy).lock
    for age in (75, 100):  # 陈爷爷 alone is 75; nobody is 100
        rich = f"{{when: {{age: {{from: {age}}}}}, pay: 900000}}"
        text = TEXT.replace("amount: 75", f"amount: {{choose: {{cases: [{rich}], otherwise: 75}}}}")
        lock = do.version_save(
            actor=people.actor("district"), policy_id=policy.pk, lock=lock, text=text, cases=""
        ).lock
        told.append(reckoned(people, policy).result)
    assert [result["eligible"] for result in told] == [33, 33]
    assert [result["year"] for result in told] == [30 * 7_500 * 12] * 2
    assert told[0]["areas"] == told[1]["areas"]


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "0元"),
        (7_550, "75.50元"),
        (999_999, "9,999.99元"),
        (1_000_000, "1万元"),
        (123_456_789, "123.46万元"),
        (-90_000, "−900元"),
        (-1_500_000, "−1.50万元"),
    ],
)
def test_a_cost_is_said_as_people_read_it(fen: int, words: str) -> None:
    assert cost_words(fen) == words


def test_a_district_previews_for_its_own_people_only(people: Cast, policy_of: PolicyMaker) -> None:
    preview = preview_ask(actor=people.actor("other_district"), policy_id=policy_of("other_district").pk)
    previews_reckon()
    preview.refresh_from_db()
    assert preview.state == "done" and preview.result["eligible"] == 0 and preview.result["areas"] == []


def test_what_cannot_be_read_is_not_previewed(people: Cast, policy_of: PolicyMaker) -> None:
    wrong = policy_of(text=TEXT.replace("hukou", "hukoo"))
    refused(Conflict, preview_ask, actor=people.actor("district"), policy_id=wrong.pk)
    refused(NotFound, preview_ask, actor=people.actor("street"), policy_id=wrong.pk)
    assert not Preview.objects.exists() and not Snapshot.objects.exists()


def test_the_page_asks_once_and_shows_what_came_out(people: Cast, policy_of: PolicyMaker) -> None:
    policy, client = policy_of(), people.client("district")
    address = reverse("benefits:preview", args=[policy.public_id])
    assert client.post(address).status_code == 302 and client.post(address).status_code == 302
    assert Preview.objects.count() == 1
    assert re.search("正在算.*先做一份登记快照", client.get(address).content.decode())
    Snapshot.objects.update(state="running", parts_done=3, parts_all=20)
    assert "3/20" in client.get(address).content.decode()
    previews_reckon()
    page = client.get(address).content.decode()
    assert "临江区" in page and "&lt;5" in page and "户籍" in page and "陈爷爷" not in page
    do.version_save(
        actor=people.actor("district"), policy_id=policy.pk, lock=2, text=TEXT + "notes: []\n", cases=""
    )
    assert "改动以前的草稿" in client.get(address).content.decode()
    assert draft_of(policy).previews.count() == 1


def test_a_fault_is_kept_in_words_and_only_the_machine_ends_one(people: Cast, policy_of: PolicyMaker) -> None:
    preview = preview_ask(actor=people.actor("district"), policy_id=policy_of().pk)
    done = preview_end(actor=system("benefits"), preview_id=preview.pk, result={}, fault="快照坏了")
    assert done.state == "failed" and done.fault == "快照坏了"


OLD = "- {clause: 第三条, age: {from: 65}}"
CARE = f"{OLD}\n    - {{label: 照护等级, clause: 第四条, fact: care_level, in: ['3']}}"


def test_a_draft_that_asks_for_more_gets_a_snapshot_of_its_own(people: Cast, policy_of: PolicyMaker) -> None:
    first = reckoned(people, policy_of())
    assert set(first.snapshot.facts) == {"birth", "hukou"}
    wider = policy_of(code="care", text=TEXT.replace(OLD, CARE), cases="")
    again = reckoned(people, wider)
    assert (again.snapshot.edition, set(again.snapshot.facts)) == (2, {"birth", "hukou", "care_level"})
    assert again.result["missing"] and Snapshot.objects.count() == 2
    assert reckoned(people, policy_of(code="third")).snapshot == again.snapshot  # the newest that serves


def test_a_preview_waits_while_another_process_makes_a_snapshot(people: Cast, policy_of: PolicyMaker) -> None:
    preview = preview_ask(actor=people.actor("district"), policy_id=policy_of().pk)
    with alone():
        assert previews_reckon() == 0
    preview.refresh_from_db()
    assert preview.state == "waiting"
    assert previews_reckon() == 1
    same = do.version_save(
        actor=people.actor("district"), policy_id=preview.version.policy_id, lock=2, text=TEXT, cases=""
    )
    preview_ask(actor=people.actor("district"), policy_id=same.policy_id)
    with alone():  # the snapshot is there: nothing is written
        assert previews_reckon() == 1
