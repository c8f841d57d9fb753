"""How much is paid, as forms say it: what is typed is read again, and what cannot be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from linli.work.benefits.authoring.amount_forms import FORMS
from linli.work.benefits.authoring.amounts import ShownAmount, ends_of, stretch_words
from linli.work.benefits.authoring.checked import draft_of as said_by
from linli.work.benefits.authoring.ways import Way, amount_of, typed_of
from linli.work.benefits.language.columns import Kind
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.writing import policy_write
from tests.people import Cast

from .conftest import PolicyMaker, draft_of
from .test_pages import at, text
from .test_services import faults_of

STANDARDS = [("dibao", "低保标准")]
SAID: list[tuple[Way, dict[str, str], Any]] = [
    (Way.FIXED, {"number": "75.50"}, "75.50"),
    (Way.FIXED, {"standard": "dibao", "times": "2"}, {"times": [{"standard": "dibao"}, "2"]}),
    (
        Way.DIFFERENCE,
        {"standard": "dibao", "less": "per_head:income"},
        {"difference": [{"standard": "dibao"}, {"per_head": "income"}]},
    ),
    (Way.SHARE, {"money": "fact:income", "split": "percent", "part": "40"}, {"percent": ["40", "income"]}),
    (Way.SHARE, {"number": "3600", "split": "share", "part": "12"}, {"share": ["3600", "12"]}),
    (
        Way.PRORATE,
        {"number": "3600", "since": "birth", "of": "12", "calendar": "on"},
        {
            "prorate": {
                "whole": "3600",
                "parts": {"months": {"since": "birth", "calendar": "yes"}},
                "of": "12",
            }
        },
    ),
    (
        Way.CASES,
        {
            **{"is0": "disability_grade=1", "pay0": "350"},
            **{"is1": "disability_grade=2", "also1": "policy:dibao", "low1": "80", "pay1": "180"},
            "otherwise": "50",
        },
        {
            "choose": {
                "cases": [
                    {"when": {"fact": "disability_grade", "in": ["1"]}, "pay": "350"},
                    {
                        "when": {
                            "all": [
                                {"fact": "disability_grade", "in": ["2"]},
                                {"policy": "dibao"},
                                {"age": {"from": "80"}},
                            ]
                        },
                        "pay": "180",
                    },
                ],
                "otherwise": "50",
            }
        },
    ),
    (
        Way.BANDS,
        {"of": "age", "from0": "65", "to0": "70", "pay0": "75", "from1": "70", "pay1": "150"},
        {
            "bands": {
                "of": "age",
                "rows": [{"from": "65", "to": "70", "pay": "75"}, {"from": "70", "pay": "150"}],
            }
        },
    ),
]


def form_of(way: Way, sent: dict[str, str], *, of_household: bool = False) -> Any:
    more = {"standards": STANDARDS, "policies": [("dibao", "最低生活保障")], "of_household": of_household}
    return FORMS[way]({"lock": "1", "pays": "month", **sent}, **more)


@pytest.mark.parametrize(("way", "sent", "amount"), SAID)
def test_what_is_typed_is_written_read_and_shown_again(way: Way, sent: dict[str, str], amount: Any) -> None:
    form = form_of(way, sent)
    assert form.is_valid(), form.errors
    said = form.said()
    assert said == {"pays": "month", "amount": amount}
    draft = {"unit": "person", "when": {"all": [{"age": {"from": "0"}}]}, **said}
    assert policy_read(policy_write(draft), {"dibao": Kind.MONEY}).amount is not None
    found = typed_of(draft)
    assert found is not None and found[0] is way and amount_of(way, found[1]) == amount


def test_a_household_is_paid_by_its_people_and_never_by_one_person_s_facts() -> None:
    form = form_of(Way.FIXED, {"standard": "dibao", "by_people": "on"}, of_household=True)
    assert form.is_valid() and form.said()["amount"] == {"times": [{"standard": "dibao"}, {"count": "all"}]}
    refused = form_of(Way.DIFFERENCE, {"standard": "dibao", "less": "fact:income"}, of_household=True)
    assert "less" in refused.errors
    assert "is0" in form_of(Way.CASES, {"is0": "hukou=local", "pay0": "1"}, of_household=True).errors


@pytest.mark.parametrize(
    ("way", "sent", "field"),
    [
        (Way.FIXED, {}, "number"),
        (Way.FIXED, {"number": "七十五"}, "number"),
        (Way.FIXED, {"number": "-1"}, "number"),
        (Way.FIXED, {"number": "1.234"}, "number"),
        (Way.FIXED, {"number": "75", "standard": "dibao"}, "number"),
        (Way.FIXED, {"number": "75", "times": "2"}, "times"),
        (Way.FIXED, {"standard": "nothing"}, "standard"),
        (Way.FIXED, {"number": "75", "pays": "status"}, "pays"),
        (Way.DIFFERENCE, {"standard": "dibao"}, "less"),
        (Way.SHARE, {"money": "fact:income", "split": "percent"}, "part"),
        (Way.SHARE, {"money": "fact:income", "number": "5", "split": "share", "part": "2"}, "money"),
        (Way.SHARE, {"number": "5", "split": "share", "part": "0"}, "part"),
        (Way.PRORATE, {"number": "3600", "of": "12"}, "since"),
        (Way.PRORATE, {"number": "3600", "since": "birth", "of": ""}, "of"),
        (Way.CASES, {}, "is0"),
        (Way.CASES, {"is0": "hukou=local"}, "pay0"),
        (Way.CASES, {"pay0": "5"}, "is0"),
        (Way.CASES, {"is0": "hukou=mars", "pay0": "5"}, "is0"),
        (Way.BANDS, {"of": "age", "from0": "70", "to0": "65", "pay0": "75"}, "to0"),
        (Way.BANDS, {"of": "age", "from0": "70"}, "pay0"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(way: Way, sent: dict[str, str], field: str) -> None:
    assert field in form_of(way, sent).errors


def test_rows_show_what_is_said_and_room_for_one_more() -> None:
    empty = FORMS[Way.CASES](standards=STANDARDS)
    assert (len(empty.rows_first), len(empty.rows_more)) == (3, 3)
    assert len(form_of(Way.BANDS, {"of": "age", "pay4": "5"}).rows_first) == 6
    assert FORMS[Way.FIXED]().rows_first == []


@pytest.mark.parametrize(
    "amount",
    [
        {"sum": ["1", "2"]},
        {"bands": {"of": "age", "rows": [{"from": "1", "pay": {"standard": "dibao"}}]}},
        {"choose": {"cases": [{"when": {"any": []}, "pay": "1"}]}},
        {"percent": ["40", {"sum": ["income", "income"]}]},
        {"prorate": {"whole": "3600", "parts": {"years": "birth"}, "of": "12"}},
    ],
)
def test_what_no_form_says_is_left_to_the_text(amount: Any) -> None:
    assert typed_of({"pays": "month", "amount": amount}) is None


@pytest.mark.django_db
def test_the_page_offers_every_way_and_keeps_what_stands(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("district")
    page = text(client.get(at("amount", policy)))
    assert 'value="75"' in page and "按情形" in page and "按月折算" in page
    sent = {"lock": "2", "pays": "year", "number": "3600", "since": "birth", "of": "12"}
    assert client.post(at("amount", policy, how="prorate"), sent).status_code == 302
    assert not faults_of(draft_of(policy))
    page = text(client.get(at("amount", policy)))
    assert "3600元，按" in page and 'name="of" value="12"' in page
    assert client.post(at("amount", policy, how="none"), {"lock": "3"}).status_code == 302
    says = said_by(draft_of(policy))
    assert says["pays"] == "status" and "amount" not in says
    assert client.get(at("amount", policy, how="magic")).status_code == 404
    assert client.post(at("amount", policy, how="fixed"), {"lock": "3", "pays": "month"}).status_code == 422
    assert seconds.client("worker").post(at("amount", policy, how="none"), {"lock": "4"}).status_code in (
        403,
        404,
        409,
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("65", "70", "满65、不满70"),
        ("2023-02-01", "2023-03-01", "2023年2月"),
        ("2023-12-01", "2024-01-01", "2023年12月"),
        ("2023-02-01", "2023-05-01", "2023年2月1日起、2023年5月1日前"),
        ("", "2023-02-01", "2023年2月1日前"),
        ("2023-02-15", "", "2023年2月15日起"),
    ],
)
def test_a_stretch_of_days_is_said_as_on_the_calendar(low: str, high: str, words: str) -> None:
    assert stretch_words(low, high) == words


def test_the_least_and_the_most_of_a_table() -> None:
    table = ShownAmount("每月", rows=(("甲", "1,110元"), ("乙", "90.50元"), ("丙", "444元")))
    assert ends_of(table) == ("90.50元", "1,110元")
    assert ends_of(ShownAmount("每月", rows=(("甲", "低保标准"), ("乙", "90元")))) == ("低保标准", "90元")
