"""待办 and the calendar as people see them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core.clock import now
from linli.foundation.duties.models import HolidayYear
from tests.people import Cast

from .factories import duty_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DESK, CALENDAR = "/desk/", "/desk/settings/calendar/"


def todo(cast: Cast, name: str = "worker", **query: str) -> str:
    response = cast.client(name).get(DESK, query)
    assert response.status_code == 200
    return response.content.decode()


def make(cast: Cast, title: str, **given: Any) -> None:
    place = cast.places[given.pop("place", "committee_a_place")].path
    duty_make(**{"subject_id": title, "title": title, "area_path": place} | given)


def test_the_list_shows_what_where_until_when_and_why(cast: Cast) -> None:
    make(cast, "路灯不亮")
    page = todo(cast)
    for words in (
        "路灯不亮",
        "受理",
        "3月17日(周二) 17:30",
        "还剩",
        "热线办理规范第六条",
        'href="/desk/matters/m1/"',
    ):
        assert words in page
    assert "data-row" in page and "clock-green" in page
    assert 'data-label="办理"' not in page  # nothing may be pressed here: phones show no empty line


def test_the_most_urgent_stands_first(cast: Cast) -> None:
    for title, hours in (("第三件", 50), ("第一件", -5), ("第二件", 1)):
        make(cast, title, due_at=now() + timedelta(hours=hours))
    make(cast, "第四件", limit=None)
    page = todo(cast)
    places = [page.index(title) for title in ("第一件", "第二件", "第三件", "第四件")]
    assert places == sorted(places)
    assert "clock-red" in page and "不限时" in page


def test_filters_narrow_and_say_so(cast: Cast) -> None:
    make(cast, "逾期的", due_at=now() - timedelta(hours=1))
    make(cast, "将来的", action="sort", action_label="研判")
    assert "将来的" not in todo(cast, due="overdue")
    assert "逾期的" not in todo(cast, action="sort")
    assert "将来的" in todo(cast, q="将来")
    assert "将来的" not in todo(cast, q="过去")
    assert "没有符合条件的待办" in todo(cast, q="过去")


def test_a_street_filters_by_place(cast: Cast) -> None:
    for place in ("committee_a_place", "committee_b_place"):
        make(cast, f"在{place}", place=place, function="street")
    page = todo(cast, "street")
    assert "桂花第一居委会" in page and "桂花第二居委会" in page
    page = todo(cast, "street", area=cast.places["committee_a_place"].path)
    assert "在committee_a_place" in page and "在committee_b_place" not in page


def test_an_empty_list_says_why(cast: Cast) -> None:
    assert "现在没有待办" in todo(cast)


def test_titles_are_text(cast: Cast) -> None:
    make(cast, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in todo(cast)


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"page": "999"}, {"due": "never"}, {"area": "'"}, {"action": "%"}]
)
def test_nonsense_in_the_address_is_harmless(cast: Cast, query: dict[str, str]) -> None:
    make(cast, "路灯不亮")
    todo(cast, **query)


def test_pages_are_turned(cast: Cast) -> None:
    for n in range(31):
        make(cast, f"第{n}件事", due_at=now() + timedelta(hours=n + 1))
    assert "第30件事" not in todo(cast)
    assert "第30件事" in todo(cast, page="2")


def test_queries_do_not_grow_with_the_list(cast: Cast) -> None:
    client = cast.client("street")
    counts = []
    for n in range(2):
        for m in range(5):
            make(
                cast, f"事{n}{m}", function="street", place=("committee_a_place", "committee_b_place")[m % 2]
            )
        client.get(DESK)
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize(
    ("name", "status"), [("visitor", 302), ("resident", 403), ("worker", 200), ("operator", 200)]
)
def test_who_comes_in(cast: Cast, name: str, status: int) -> None:
    assert cast.client(name).get(DESK).status_code == status
    assert cast.client(name).get(CALENDAR).status_code == status


def test_operators_are_warned_of_a_missing_year(cast: Cast) -> None:
    from datetime import datetime

    from linli.core.clock import BEIJING, clock_at

    with clock_at(datetime(2026, 11, 20, 9, tzinfo=BEIJING)):
        assert "2027年的节假日安排还没有装入" in todo(cast, "operator")
        assert "2027年的节假日安排" not in todo(cast, "worker")
        assert "2027年的节假日安排" in cast.client("worker").get(CALENDAR).content.decode()


def upload(cast: Cast, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile("2027.csv", content)
    return cast.client(name).post(CALENDAR, {"source": "通知", "file": file})


def test_an_operator_loads_a_year(cast: Cast) -> None:
    assert upload(cast, "operator", "2027-01-01,休,元旦".encode()).status_code == 302
    page = cast.client("worker").get(CALENDAR).content.decode()
    assert "2027年" in page and "通知" in page and "1月1日(周五)" in page
    assert "检查并装入" not in page


def test_a_bad_file_is_explained_beside_the_field(cast: Cast) -> None:
    response = upload(cast, "operator", "2027-01-04,班,元旦\n2027-01-01,休,元旦".encode())
    assert response.status_code == 422
    assert "本来就是工作日" in response.content.decode()
    assert not HolidayYear.objects.exists()


def test_others_cannot_load(cast: Cast) -> None:
    assert upload(cast, "street", "2027-01-01,休,元旦".encode()).status_code == 403
    assert not HolidayYear.objects.exists()
