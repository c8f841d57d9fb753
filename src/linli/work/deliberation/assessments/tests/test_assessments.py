"""Assessing a committee: sums, another person's look, what the law makes of it, the yearly duty; refusals."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.work.deliberation.assessments import services as do
from linli.work.deliberation.assessments.models import Assessment
from linli.work.deliberation.assessments.rules import Marks, ends_office
from linli.work.deliberation.assessments.selectors import lines_of
from linli.work.deliberation.assessments.tasks import dates_watch
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.tests.conftest import Hall

pytestmark = pytest.mark.django_db
MARCH_10 = date(2026, 3, 10)
GOOD, BAD = Marks(30, 5, 5), Marks(10, 9, 21)


def enter(hall: Hall, body: Body, first: Marks = GOOD, second: Marks = GOOD, **more: Any) -> Assessment:
    chair, member = body.members.order_by("pk")
    said = {"held_on": time.today(), "composition": 60, "attendees": 40, **more}
    marks = said.pop("marks", {chair.pk: first, member.pk: second})
    return do.assessment_enter(actor=hall.who(said.pop("by", "worker")), body_id=body.pk, marks=marks, **said)


def published(hall: Hall, body: Body, *marks: Marks, **more: Any) -> Assessment:
    entered = enter(hall, body, *marks, **more)
    return do.assessment_confirm(actor=hall.who("worker2"), assessment_id=entered.pk)


def open_duties(subject: Any) -> dict[str, date]:
    rows = Duty.objects.filter(room="assessments", subject_id=str(subject.public_id), state="open")
    return {action: time.local_date(due) for action, due in rows.values_list("action", "due_at") if due}


def test_more_than_half_of_those_present_is_incompetent_exactly_half_is_not(
    hall: Hall, committee: Body
) -> None:
    found = published(hall, committee, BAD, Marks(10, 10, 20))
    assert found.is_valid
    assert [row.is_incompetent for row in found.rows.all()] == [True, False]
    assert AuditRecord.objects.filter(verb__startswith="assessment.").count() == 2


def test_two_thirds_of_the_members_must_have_come(hall: Hall, committee: Body) -> None:
    found = published(hall, committee, Marks(0, 0, 39), Marks(39, 0, 0), attendees=39)
    assert not found.is_valid
    assert not any(line.row.is_incompetent or line.ends_office for line in lines_of(found))


def test_nothing_is_published_before_another_person_has_compared_it(
    hall: Hall, committee: Body, unchanged: Callable[[], None]
) -> None:
    entered = enter(hall, committee)
    page = reverse("assessments:public", args=[entered.public_id])
    assert "confirm" in open_duties(entered)
    assert hall.cast.client("visitor").get(page).status_code == 404
    unchanged()
    for who, error in (("worker", NotAllowed), ("district", NotAllowed), ("worker_b", NotFound)):
        with pytest.raises(error):
            do.assessment_confirm(actor=hall.who(who), assessment_id=entered.pk)
    unchanged()
    do.assessment_confirm(actor=hall.who("supervisor"), assessment_id=entered.pk)
    assert open_duties(entered) == {}
    shown = hall.cast.client("visitor").get(page).content.decode()
    assert "赵主任" in shown and "没有被评为不称职" in shown
    with pytest.raises(Conflict, match="已经核对过"):
        do.assessment_confirm(actor=hall.who("street"), assessment_id=entered.pk)


def test_twice_in_a_row_ends_the_office_by_law_once_or_with_a_better_year_between_does_not(
    hall: Hall, committee: Body
) -> None:
    first = published(hall, committee, BAD, BAD)
    assert not any(line.ends_office for line in lines_of(first))
    time.clock_forward(timedelta(days=300))
    second = published(hall, committee, BAD, GOOD)
    assert [line.ends_office for line in lines_of(second)] == [True, False]
    time.clock_forward(timedelta(days=300))
    third = published(hall, committee, GOOD, BAD)
    assert [line.ends_office for line in lines_of(third)] == [False, False]
    page = hall.cast.client("worker").get(reverse("assessments:record", args=[second.public_id]))
    assert "赵主任连续两次被评议不称职" in page.content.decode()
    assert "其职务终止" in page.content.decode()


def test_an_invalid_or_rejected_assessment_counts_for_nothing(hall: Hall, committee: Body) -> None:
    published(hall, committee, Marks(0, 0, 39), Marks(39, 0, 0), attendees=39)
    time.clock_forward(timedelta(days=10))
    rejected = enter(hall, committee, BAD, BAD)
    do.assessment_reject(actor=hall.who("street"), assessment_id=rejected.pk, reason="与纸面不符")
    found = published(hall, committee, BAD, BAD)
    assert not any(line.ends_office for line in lines_of(found))


OUTCOMES = [
    ([], False),
    ([True], False),
    ([True, True], True),
    ([True, False, True], False),
    ([False, True, True], False),
]


@pytest.mark.parametrize(("outcomes", "ends"), OUTCOMES)
def test_only_the_last_two_count(outcomes: list[bool], ends: bool) -> None:
    assert ends_office(outcomes) == ends


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"attendees": 61}, "attendees"),
        ({"attendees": 0}, "attendees"),
        ({"composition": 0}, "composition"),
        ({"held_on": date(2026, 3, 11)}, "held_on"),
        ({"held_on": date(2026, 1, 4)}, "held_on"),
        ({"marks": {}}, "held_on"),
    ],
)
def test_figures_that_cannot_be(
    hall: Hall, committee: Body, unchanged: Callable[[], None], said: dict[str, Any], field: str
) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        enter(hall, committee, **said)
    assert field in refused.value.details
    unchanged()


@pytest.mark.parametrize("marks", [Marks(30, 5, 4), Marks(30, 5, 6), Marks(41, 0, -1)])
def test_every_member_has_as_many_papers_as_people_came(
    hall: Hall, committee: Body, unchanged: Callable[[], None], marks: Marks
) -> None:
    unchanged()
    with pytest.raises(InvalidInput):
        enter(hall, committee, marks)
    unchanged()


def test_who_may_enter_and_only_once_a_day(
    hall: Hall, committee: Body, unchanged: Callable[[], None]
) -> None:
    enter(hall, committee)
    unchanged()
    for who, error in (("district", NotAllowed), ("worker_b", NotFound), ("resident", NotFound)):
        with pytest.raises(error):
            enter(hall, committee, by=who)
    with pytest.raises(Conflict, match="已经登记过"):
        enter(hall, committee)
    unchanged()


def test_a_year_without_an_assessment_is_warned_of_and_done_by_publishing(
    hall: Hall, committee: Body
) -> None:
    dates_watch()
    assert open_duties(committee) == {}
    time.clock_forward(timedelta(days=237))  # 2 November
    dates_watch()
    dates_watch()
    assert open_duties(committee) == {"assess": date(2026, 12, 31)}
    published(hall, committee)
    assert open_duties(committee) == {}
    with pytest.raises(NotAllowed):
        do.assessments_watch(actor=hall.who("worker"))


def test_the_pages(hall: Hall, committee: Body) -> None:
    client = hall.cast.client("worker")
    listed = client.get(reverse("assessments:list")).content.decode()
    assert "12月31日" in listed and "登记评议票数" in listed
    address = f"{reverse('assessments:new')}?body={committee.public_id}"
    assert "赵主任" in client.get(address).content.decode()
    chair, member = committee.members.order_by("pk")
    said = {"held_on": "2026-03-10", "composition": "60", "attendees": "40"}
    for one in (chair, member):
        said |= {f"m{one.pk}_{code}": "0" for code in ("basic", "incompetent", "abstain", "invalid")}
        said[f"m{one.pk}_competent"] = "40"
    refused = client.post(address, {**said, f"m{chair.pk}_invalid": "1"})
    assert refused.status_code == 422 and "应当等于到会的40人" in refused.content.decode()
    assert client.post(address, said).status_code == 302
    found = Assessment.objects.get()
    record = reverse("assessments:record", args=[found.public_id])
    assert "等另一个人核对" in client.get(record).content.decode()
    other = hall.cast.client("worker2")
    assert "一致，公布结果" in other.get(record).content.decode()
    assert other.post(reverse("assessments:confirm", args=[found.public_id])).status_code == 302
    assert "已公布" in client.get(record).content.decode()


def listed(hall: Hall, query: str = "", who: str = "street") -> list[str]:
    """Return the days of the assessments that the list shows, in its order."""
    answer = hall.cast.client(who).get(f"{reverse('assessments:list')}?{query}")
    assert answer.status_code == 200
    return [f"{row.held_on:%m-%d}" for row, *_ in answer.context["rows"]]


def test_the_list_is_searched_filtered_and_sorted_and_says_why_it_is_empty(
    hall: Hall, committee: Body
) -> None:
    published(hall, committee, BAD, BAD)
    time.clock_forward(timedelta(days=1))
    published(hall, committee, GOOD, GOOD)
    time.clock_forward(timedelta(days=1))
    enter(hall, committee, BAD, GOOD)
    assert listed(hall) == ["03-12", "03-11", "03-10"]
    assert listed(hall, "sort=oldest") == ["03-10", "03-11", "03-12"]
    assert listed(hall, "sort=incompetent") == ["03-10", "03-12", "03-11"]
    assert listed(hall, "state=published&q=桂花&year=2026") == ["03-11", "03-10"]
    assert listed(hall, "year=2025") == listed(hall, "q=没有这个") == []
    assert listed(hall, "sort=nonsense&year=abc&state=x") == ["03-12", "03-11", "03-10"]
    assert listed(hall, who="worker_b") == []
    empty = hall.cast.client("street").get(f"{reverse('assessments:list')}?year=2025").content.decode()
    assert "请放宽条件" in empty


def test_the_list_is_taken_away_as_it_is_narrowed(hall: Hall, committee: Body) -> None:
    published(hall, committee, BAD, GOOD)
    time.clock_forward(timedelta(days=1))
    enter(hall, committee)
    address = reverse("exports:make", args=["assessments"])
    answer = hall.cast.client("street").post(f"{address}?state=published", {"format": "csv"})
    head, row, last = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    found = dict(zip(head.split(","), row.split(","), strict=True))
    assert (found["委员会"], found["评议日期"]) == ("桂花第一居委会", "2026-03-10")
    assert (found["评议了几人"], found["不称职几人"], found["会议有效"]) == ("2", "1", "有效")
    assert "行数：1" in last
    assert hall.cast.client("worker_b").post(address, {"format": "csv"}).status_code == 404


def test_those_assessed_soonest_come_first_the_rest_on_demand(hall: Hall, committee: Body) -> None:
    for number in range(7):
        hall.found("residents_committee", name=f"居委会{number}")
    published(hall, committee)
    page = hall.cast.client("street").get(reverse("assessments:list"))
    assert len(page.context["due"]) == 6
    assert committee not in [one.body for one, _place in page.context["due"]]
    assert "显示全部8个委员会" in page.content.decode()
    whole = hall.cast.client("street").get(f"{reverse('assessments:list')}?due=all")
    assert [one.body for one, _place in whole.context["due"]][-1] == committee


def test_a_reason_that_is_missing_is_asked_for_on_the_page(
    hall: Hall, committee: Body, unchanged: Callable[[], None]
) -> None:
    entered = enter(hall, committee)
    unchanged()
    reject = reverse("assessments:reject", args=[entered.public_id])
    answer = hall.cast.client("worker2").post(reject, {"reason": ""})
    assert answer.status_code == 422
    assert "哪里不符" in answer.content.decode()
    unchanged()
