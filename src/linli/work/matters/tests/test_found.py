"""Lists by whichever way is cheap find what the plain query finds; documents are never stale."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.errors import InvalidInput
from linli.foundation.search.models import SearchDocument
from linli.work.matters import services as do
from linli.work.matters.desk.selectors import TABS, TabbedList, tab_condition
from linli.work.matters.document import is_found_otherwise
from linli.work.matters.models import Matter
from linli.work.matters.selectors import MatterFilters, MatterList, matter_list
from linli.work.matters.workflow import State

from .conftest import documents_stale
from .life import Life, category, days_later

FILTERS = st.builds(
    MatterFilters,
    q=st.sampled_from(["", "路灯", "门口 路灯", "没有这个词", "门禁", "三号楼", "门口的路灯坏了"]),
    stage=st.sampled_from(["", "open", "closed", "overdue", "mine"]),
    state=st.sampled_from(["", *State.values]),
    category=st.sampled_from(["", "facility", "supply"]),
    affair_class=st.sampled_from(["", "major"]),
    from_on=st.sampled_from([None, date(2026, 3, 10), date(2026, 4, 1), date(2020, 1, 1)]),
    to_on=st.sampled_from([None, date(2026, 3, 10), date(2026, 3, 31), date(2026, 2, 1)]),
    order=st.sampled_from(["due", "-reported", "reported"]),
)
ROLES = ("city", "district", "street", "worker", "worker_b", "department", "resident")


@pytest.mark.parametrize("few", [0, 3, 1000], ids=["walks", "between", "keys"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=FILTERS, role=st.sampled_from(ROLES), start=st.integers(0, 12), data=st.data())
def test_every_way_finds_the_same(
    life: Life, few: int, wanted: MatterFilters, role: str, start: int, data: Any
) -> None:
    actor = life.who(role)
    plain = matter_list(actor, filters=wanted)
    listed = MatterList(actor, wanted, most_few=few)
    tab = data.draw(st.sampled_from([*TABS]))
    expected = list(plain.filter(tab_condition(tab)).values_list("pk", flat=True))
    assert listed.page(tab_condition(tab), start, 5) == expected[start : start + 5]
    counts = listed.counts({name: tab_condition(name) for name in TABS})
    assert {name: c.number for name, c in counts.items()} == {
        name: plain.filter(tab_condition(name)).count() for name in TABS
    }


@pytest.mark.parametrize("few", [0, 1000])
def test_tabs_find_the_same(life: Life, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    days_later(4)
    actor, wanted = life.who("street"), MatterFilters(q="路灯")
    monkeypatch.setattr(MatterList.__init__, "__defaults__", (few, 10_000))
    listed, plain = TabbedList(actor, wanted), matter_list(actor, filters=wanted)
    assert (listed.live is listed.every) == bool(few)
    counts = listed.counts()
    for tab in TABS:
        expected = list(plain.filter(tab_condition(tab)).values_list("pk", flat=True))
        assert listed.keys(tab, 0, 50) == expected, tab
        assert counts[tab].number == len(expected)
    assert counts["overdue"].number


@pytest.mark.parametrize("few", [0, 1000])
def test_a_count_stops_where_nobody_reads_on(life: Life, few: int) -> None:
    listed = MatterList(life.who("street"), MatterFilters(q="路灯"), most_few=few, most_counted=5)
    counted = listed.counts({"all": Q(), "none": Q(state="nothing")})
    assert (str(counted["all"]), str(counted["none"])) == ("5+", "0")
    assert counted["all"].is_more


@pytest.mark.parametrize(
    ("role", "wanted", "few", "most"),
    [
        ("worker", MatterFilters(q="路灯"), 1000, 4),  # how many here, their documents, counts, page
        ("city", MatterFilters(q="路灯"), 1000, 3),  # hits, counts, page
        # as before, and thrice the kind with all below it: its places in the tree, what stands there
        ("city", MatterFilters(q="路灯", state="closed", category="facility"), 1000, 9),
        ("city", MatterFilters(), 1000, 7),  # six tabs, page
        ("city", MatterFilters(q="路灯"), 0, 15),  # hits twice, at most two counts a tab, page
    ],
)
def test_a_list_takes_few_statements(
    life: Life, role: str, wanted: MatterFilters, few: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MatterList.__init__, "__defaults__", (few, 10_000))
    actor = life.who(role)
    with CaptureQueriesContext(connection) as queries:
        listed = TabbedList(actor, wanted)
        listed.counts()
        listed.keys("all", 0, 25)
    assert len(queries) <= most


def test_too_short_words_are_refused_the_same_way(life: Life) -> None:
    with pytest.raises(InvalidInput, match="太少"):
        TabbedList(life.who("city"), MatterFilters(q="灯"))


def test_documents_follow_every_state(life: Life) -> None:
    assert not documents_stale()
    assert Matter.objects.values("state").distinct().count() == len(State)


def test_documents_follow_category_and_place(life: Life) -> None:
    matter = life.to_accepted()
    do.matter_sort(
        actor=life.who("worker"),
        **life.on(matter),
        affair_class="major",
        reason="水管归它管",
        category=category("supply"),
    )
    assert "∈category∈supply" in SearchDocument.objects.get(room="matters", subject_id=matter.pk).grams
    assert not documents_stale()


@pytest.mark.parametrize(
    ("changed", "before", "after", "answer"),
    [
        (set(), "handling", "handled", False),
        (set(), "handled", "closed", True),
        (set(), "closed", "reopening", True),
        ({"due_at", "version"}, "accepted", "handling", False),
        ({"category_id"}, "accepted", "accepted", True),
        ({"area_path"}, "reported", "reported", True),
    ],
)
def test_documents_are_written_when_they_change(
    changed: set[str], before: str, after: str, answer: bool
) -> None:
    assert is_found_otherwise(changed, before, after) is answer


def test_a_list_elsewhere_stays_empty(life: Life) -> None:
    wanted = MatterFilters(q="路灯")
    for few in (0, 1000):
        listed = MatterList(life.who("other_district"), wanted, most_few=few)
        assert listed.page(Q(), 0, 25) == []
        assert listed.counts({"all": Q()})["all"].number == 0
        narrower = replace(wanted, area=life.cast.places["committee_b_place"].path)
        assert MatterList(life.who("street"), narrower, most_few=few).page(Q(), 0, 5) == []
