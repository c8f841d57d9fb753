"""Whatever is written: it is read, or refused with a place and words; nothing else ever happens."""

import random
from datetime import date

import pytest

from linli.work.benefits.language.cases import cases_read
from linli.work.benefits.language.checking import Around, version_check
from linli.work.benefits.language.shipped import policies_shipped
from linli.work.benefits.language.source import Raw, Unreadable, source_read
from linli.work.benefits.language.writing import cases_write, policy_write

TEXTS = [version for policy in policies_shipped() for version in policy.versions]
ODD: tuple[Raw, ...] = (
    *(
        "",
        "x",
        "-1",
        "0",
        "1e999999999",
        "9e999999",
        ".nan",
        "∞",
        "²",
        "٣",
        "2025-13-01",
        "none",
        "age",
        "today",
    ),
    *("income", "hukou", "birth", "9" * 400, "一", "yes", "\x85", "a" * 3000),
    *([], {}, [[]], [{}], {"fact": "hukou"}, {"age": {}}, {"all": []}, {"standard": {}}, {"count": "all"}),
    *({"sum": ["income"]}, {"bands": {"of": "hukou", "rows": [{"pay": "1"}]}}, {"policy": ["x"]}),
)


def places(raw: Raw, found: list[tuple[dict[str, Raw] | list[Raw], str | int]]) -> None:
    inner = (
        list(raw.items()) if isinstance(raw, dict) else list(enumerate(raw)) if isinstance(raw, list) else []
    )
    for at, value in inner:
        found.append((raw, at))  # type: ignore[arg-type]
        places(value, found)


def spoilt(raw: Raw, chance: random.Random) -> Raw:
    for _ in range(chance.randint(1, 3)):
        found: list[tuple[dict[str, Raw] | list[Raw], str | int]] = []
        places(raw, found)
        if not found:
            break
        container, at = chance.choice(found)
        if isinstance(container, dict) and chance.random() < 0.3:
            container[chance.choice(["x", "from", "is", "any", "of", "年龄"])] = container.pop(at)  # type: ignore[arg-type]
        else:
            container[at] = chance.choice(ODD)  # type: ignore[index]
    return raw


@pytest.mark.parametrize("seed", range(120))
def test_spoilt_text(seed: int) -> None:
    chance = random.Random(seed)
    version = chance.choice(TEXTS)
    text = policy_write(spoilt(source_read(version.text).raw, chance))
    cases = cases_write(spoilt(source_read(version.cases).raw, chance))
    found = version_check("x", text, cases, date(2025, 1, 1), Around())
    assert found
    for one in found:
        assert one.words
        assert one.code


@pytest.mark.parametrize("seed", range(80))
def test_broken_yaml(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice(TEXTS).cases
    at = chance.randrange(len(text))
    broken = text[:at] + chance.choice("{}[]:-,'\"&*!|>%@`#\t\n\x00?") * chance.randint(1, 3) + text[at + 1 :]
    try:
        cases_read(broken)
    except Unreadable as refused:
        assert refused.message
        assert refused.hint
