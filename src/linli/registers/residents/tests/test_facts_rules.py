"""The dictionary, what values may look like, and when rows hold; no database."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from linli.core.errors import InvalidInput, NotFound
from linli.registers.residents.facts.dictionary import (
    BadDictionary,
    Of,
    Type,
    dictionary,
    dictionary_read,
    fact_key,
)
from linli.registers.residents.facts.never import never_kept, nevers
from linli.registers.residents.facts.rules import (
    Answer,
    FactValue,
    good_until,
    holds,
    latest,
    months_later,
    overlaps,
    reading,
)
from linli.registers.residents.facts.values import canonical, canonical_period, period_begins, shown

ROOM = Path(__file__).parent.parent
DISABILITIES = ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]


# -- the dictionary ----------------------------------------------------------------------------------------
def test_dictionary_serves_the_fourteen_policies_and_care() -> None:
    served = {service for line in dictionary().values() for service in line.services}
    content = yaml.safe_load((ROOM / "data" / "facts.yaml").read_text())
    assert set(content["services"].values()) == served  # no policy without a fact, no fact without a policy
    assert len(content["services"]) == 16


def test_every_key_has_a_law_and_sensitive_ones_article_28() -> None:
    for line in dictionary().values():
        names = [law.name for law in line.laws]
        assert any("个人信息保护法第13条" in name for name in names), line.key
        assert any("第28条" in name for name in names) == line.is_sensitive, line.key
        assert any("个人信息保护法" not in name for name in names), f"{line.key} lacks the law of its trade"


def test_disability_and_care_follow_their_standards() -> None:
    kinds = list(fact_key("disability_kind").choices.values())
    assert [kind.removesuffix("残疾") for kind in kinds] == DISABILITIES
    assert list(fact_key("disability_grade").choices.values()) == ["一级", "二级", "三级", "四级"]
    assert list(fact_key("care_level").choices) == [str(level) for level in range(7)]


def test_marriage_is_not_kept() -> None:
    assert not [line.key for line in dictionary().values() if "婚" in line.label]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "unknown colour"),
        ({"law": []}, "needs a law"),
        ({"type": "choice"}, "choices belong"),
        ({"sensitivity": "sensitive"}, "for which purposes"),
        ({"reveal": ["gossip"], "sensitivity": "sensitive"}, "unknown purpose"),
        ({"type": "photo"}, "photo"),
        ({"law": ["nowhere"]}, "nowhere"),
        ({"key": "Bad-Key"}, "small letters"),
        ({"mark": "?"}, "mark"),
    ],
)
def test_a_faulty_line_is_named(change: dict[str, object], words: str) -> None:
    row = {"key": "homes", "label": "房", "of": "person", "type": "integer", "sensitivity": "plain"}
    content = {
        "purposes": ["visit"],
        "laws": {"one": {"name": "法", "mark": "✔"}},
        "services": {"care": "关爱"},
        "keys": [row | {"law": ["one"], "services": ["care"]} | change],
    }
    with pytest.raises(BadDictionary, match=words):
        dictionary_read(content)


def test_a_key_stands_once_and_is_asked_of_the_right_subject() -> None:
    content = yaml.safe_load((ROOM / "data" / "facts.yaml").read_text())
    content["keys"].append(content["keys"][0])
    with pytest.raises(BadDictionary, match="twice"):
        dictionary_read(content)
    with pytest.raises(NotFound):
        fact_key("vehicles", Of.PERSON)
    with pytest.raises(NotFound):
        fact_key("shoe_size")


# -- what is never kept ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "heading",
    [
        *(
            "民族",
            "民 族",
            "族别",
            "种族",
            "宗教信仰",
            "是否信教",
            "政治面貌",
            "政 治面貌",
            "是否党员",
            "党员姓名",
        ),
        *(
            "党龄",
            "入党时间",
            "共青团员",
            "工会会员",
            "所属党支部",
            "ethnicity",
            "Race",
            "nationality",
            "religion",
        ),
        *("Political status", "party_member", "partyMember", "union-member", "MINZU", "民族（汉）"),
    ],
)
def test_forbidden_headings_are_recognised(heading: str) -> None:
    assert never_kept(heading) is not None


@pytest.mark.parametrize(
    "heading", ["姓名", "trace", "third_party_id2x", "民族路12号", "残疾等级", "社团员工数", "户籍"]
)
def test_harmless_headings_pass(heading: str) -> None:
    assert never_kept(heading.replace("party", "partner")) is None


def test_no_field_key_or_label_of_the_registry_keeps_what_is_never_kept() -> None:
    names = [line.key for line in dictionary().values()] + [line.label for line in dictionary().values()]
    names += [
        label for line in dictionary().values() for label in [*line.choices.values(), *line.sources.values()]
    ]
    for label in ("residents", "places"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                names += [field.name, str(getattr(field, "verbose_name", ""))]
                names += [str(words) for _code, words in getattr(field, "choices", None) or ()]
    assert len(names) > 300
    assert [name for name in names if never_kept(name)] == []
    assert {kind.kind for kind in nevers()} == {"ethnicity", "religion", "politics"}


def test_no_data_file_or_importer_word_names_what_is_never_kept() -> None:
    """Words by which importers recognise columns stand in YAML; only the list of refusals may hold these."""
    for path in ROOM.rglob("*.yaml"):
        if path.name == "never.yaml":
            continue
        content = yaml.safe_load(path.read_text())
        assert [word for word in _words(content) if len(word) < 30 and never_kept(word)] == [], path.name


def _words(content: object) -> list[str]:
    if isinstance(content, dict):
        return [word for key, value in content.items() for word in [str(key), *_words(value)]]
    if isinstance(content, list):
        return [word for value in content for word in _words(value)]
    return [content] if isinstance(content, str) else []


# -- values ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "raw", "kept"),
    [
        ("hukou", "本市户籍", "local"),
        ("hukou", "local", "local"),
        ("hukou_place", "310106", "310106"),
        ("disability_grade", "一级", "1"),
        ("income", "1,595.50", "159550"),
        ("income", "¥1595元", "159500"),
        ("income", "１５９５", "159500"),
        ("income", "0", "0"),
        ("vehicles", "2辆", "2"),
        ("vehicles", "007", "7"),
        ("tekun", "是", "yes"),
        ("tekun", "否", "no"),
        ("retired_on", "2024年3月1日", "2024-03-01"),
        ("retired_on", "20240301", "2024-03-01"),
    ],
)
def test_values_are_read(key: str, raw: str, kept: str) -> None:
    assert canonical(fact_key(key), raw) == kept


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        *(("hukou", "火星"), ("hukou_place", "31010"), ("disability_grade", "5"), ("income", "-1")),
        *(("income", "1.234"), ("income", "很多"), ("income", "NaN"), ("income", "Infinity")),
        *(
            ("income", "1e20"),
            ("vehicles", "1.5"),
            ("vehicles", "-1"),
            ("vehicles", "100"),
            ("tekun", "也许"),
        ),
        *(("retired_on", "2024-02-30"), ("retired_on", "昨天"), ("hukou", ""), ("hukou", "   ")),
    ],
)
def test_bad_values_are_refused_without_repeating_them(key: str, raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        canonical(fact_key(key), raw)
    assert set(refusal.value.details) == {"value"}
    assert not raw.strip() or raw not in refusal.value.message
    assert fact_key(key).label in refusal.value.message


@pytest.mark.parametrize(
    ("key", "raw", "kept", "begins"),
    [
        ("income", "2026-03/pension", "2026-03/pension", date(2026, 3, 1)),
        ("income", "2026年3月/养老金", "2026-03/pension", date(2026, 3, 1)),
        ("medical_cost", "2025", "2025", date(2025, 1, 1)),
        ("medical_cost", "2025年", "2025", date(2025, 1, 1)),
        ("hukou", "", "", None),
    ],
)
def test_periods_are_read(key: str, raw: str, kept: str, begins: date | None) -> None:
    assert canonical_period(fact_key(key), raw) == kept
    assert period_begins(fact_key(key), kept) == begins


@pytest.mark.parametrize(
    ("key", "raw"),
    [("income", ""), ("income", "2026-03"), ("income", "2026-13/wage"), ("income", "2026-03/lottery"),
     ("medical_cost", "25"), ("medical_cost", ""), ("hukou", "2025")],
)  # fmt: skip
def test_bad_periods_are_refused(key: str, raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        canonical_period(fact_key(key), raw)
    assert set(refusal.value.details) == {"period"}


def test_values_are_shown_in_words() -> None:
    assert shown(fact_key("income"), "159550") == "1,595.50元"
    assert shown(fact_key("vehicles"), "2") == "2辆"
    assert shown(fact_key("tekun"), "no") == "否"
    assert shown(fact_key("hukou"), "local") == "本市户籍"


@given(st.integers(min_value=0, max_value=10**12))
def test_money_survives_being_shown_and_typed_again(fen: int) -> None:
    line = fact_key("income")
    assert canonical(line, shown(line, str(fen))) == str(fen)


@given(st.sampled_from(list(dictionary().values())), st.text(max_size=30))
def test_canonical_is_stable_or_refused(line: object, raw: str) -> None:
    try:
        kept = canonical(line, raw)  # type: ignore[arg-type]
    except InvalidInput:
        return
    if line.type is not Type.MONEY:  # type: ignore[attr-defined]
        assert canonical(line, kept) == kept  # type: ignore[arg-type]


# -- from–to and age ---------------------------------------------------------------------------------------
@dataclass
class Span:
    from_on: date | None
    to_on: date | None


days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2020, 3, 1)))
spans = st.builds(Span, days, days).filter(lambda s: not s.from_on or not s.to_on or s.from_on <= s.to_on)


@given(spans, spans)
def test_overlap_is_sharing_a_day(first: Span, second: Span) -> None:
    every = [date.fromordinal(date(2019, 12, 25).toordinal() + n) for n in range(90)]
    assert overlaps(first, second) == any(holds(first, day) and holds(second, day) for day in every)
    assert overlaps(first, second) == overlaps(second, first)


def test_the_day_of_the_end_no_longer_holds() -> None:
    span = Span(date(2026, 1, 1), date(2026, 2, 1))
    asked = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
    assert [holds(span, day) for day in asked] == [False, True, True, False]


def test_a_value_ages_after_its_months() -> None:
    line = fact_key("income")  # six months
    assert good_until(line, date(2026, 8, 31)) == date(2027, 2, 28)
    common = {"state": "known", "value": "1", "period": "2026-03/wage", "source": "worker"}
    fresh = reading(line, **common, collected_on=date(2026, 3, 10), on=date(2026, 9, 10))
    old = reading(line, **common, collected_on=date(2026, 3, 10), on=date(2026, 9, 11))
    assert (fresh.answer, old.answer) == (Answer.KNOWN, Answer.EXPIRED)
    assert old.value == "1" and not old.is_settled and old.age_days(date(2026, 9, 11)) == 185


def test_not_knowing_does_not_age_and_what_has_no_validity_neither() -> None:
    asked = reading(
        fact_key("income"), state="unknown", value="", period="", source="", collected_on=date(2000, 1, 1),
        on=date(2026, 1, 1),
    )  # fmt: skip
    assert asked.answer is Answer.UNKNOWN
    kept = reading(
        fact_key("only_child_certificate"), state="known", value="yes", period="", source="",
        collected_on=date(1990, 1, 1), on=date(2026, 1, 1),
    )  # fmt: skip
    assert kept.answer is Answer.KNOWN and kept.good_until is None


def test_the_latest_period_is_taken() -> None:
    old, new = FactValue(Answer.KNOWN, "1", "2026-01/wage"), FactValue(Answer.KNOWN, "2", "2026-02/wage")
    assert latest([new, old]) is new
    assert latest([]).answer is Answer.MISSING
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
