"""Whom the care rules cannot judge: numbers every night, and the people to ask for those who may see them."""

from datetime import date
from typing import Any

import pytest

from linli.core.errors import NotAllowed
from linli.registers.residents.care import views
from linli.registers.residents.care.gaps import care_gaps, care_to_ask
from linli.registers.residents.care.rules import care_group
from linli.registers.residents.care.services import care_gaps_keep
from linli.registers.residents.care.tasks import care_nightly
from linli.registers.residents.facts.services import fact_none, fact_set
from linli.registers.residents.models import CareGap, Resident
from tests.people import Cast

from .facts_world import household_at, resident_at

pytestmark = pytest.mark.django_db
ASK = "/desk/residents/care/ask/tekun/"


@pytest.fixture
def people(cast: Cast, clock: Any) -> list[Resident]:
    """Six of 70 of whom nothing is known, living together."""
    path = cast.places["committee_a_place"].path
    found = [resident_at(path, birth_month=date(1955, 5, 1)) for _n in range(6)]
    household_at(path, *found)
    return found


def counted(cast: Cast, who: str) -> dict[str, tuple[str, dict[str, str]]]:
    rows = care_gaps(cast.actor(who))
    return {row.group.group: (str(row.people), {words: str(n) for words, n in row.missing}) for row in rows}


def test_the_night_counts_whom_it_could_not_judge_and_why(cast: Cast, people: list[Resident]) -> None:
    night = care_nightly()
    assert night.gaps["tekun", people[0].area_path, ""] == 6
    assert counted(cast, "district")["tekun"] == ("10", {"特困供养人员": "10"})
    assert counted(cast, "worker")["tekun"] == counted(cast, "city")["tekun"]
    assert counted(cast, "worker_b") == counted(cast, "property") == {}
    fact_set(actor=cast.actor("worker"), subject=people[0], key="tekun", value="是")
    for person in people[1:3]:
        fact_none(actor=cast.actor("worker"), subject=person, key="tekun")
    care_nightly()
    assert counted(cast, "district")["tekun"] == ("<5", {"特困供养人员": "<5"})
    rows = list(CareGap.objects.values_list())
    care_nightly()
    assert list(CareGap.objects.values_list()) == rows


def test_only_the_machine_counts(cast: Cast, people: list[Resident]) -> None:
    with pytest.raises(NotAllowed):
        care_gaps_keep(actor=cast.actor("worker"), gaps={})


def test_a_long_list_has_pages_and_prints_whole(
    cast: Cast, people: list[Resident], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 4)
    client = cast.client("worker")
    pages = [client.get(ASK + more).content.decode() for more in ("", "?page=2", "?all=1")]
    assert [page.count("data-row") for page in pages] == [4, 2, 6]
    assert "列出全部，用于打印" in pages[0] and "data-print" in pages[2] and "data-print" not in pages[0]


def test_those_who_see_people_see_whom_to_ask_as_it_is_today(cast: Cast, people: list[Resident]) -> None:
    group = care_group("tekun")
    assert group is not None
    worker = cast.actor("worker")
    assert len(care_to_ask(worker, group)) == 6 and not care_to_ask(cast.actor("worker_b"), group)
    fact_none(actor=worker, subject=people[0], key="tekun")
    assert [row.missing for row in care_to_ask(worker, group)] == [("特困供养人员",)] * 5
    care_nightly()
    page = cast.client("worker").get("/desk/residents/care/").content.decode()
    assert ASK in page and "规则判断不了的" in page
    shown = cast.client("worker").get(ASK).content.decode()
    assert shown.count("data-row") == 5 and "/desk/residents/households/" in shown
    refused = cast.client("district").get(ASK)
    assert refused.status_code == 403 and "区和市看统计" in refused.content.decode()
    assert ASK not in cast.client("district").get("/desk/residents/care/").content.decode()
    assert cast.client("worker").get("/desk/residents/care/ask/nothing/").status_code == 404
