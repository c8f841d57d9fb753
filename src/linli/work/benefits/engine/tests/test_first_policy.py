"""The examples of docs/first-policy.md can be read, hold, and have nothing wrong with them."""

import re
from datetime import date
from pathlib import Path

import pytest

from linli.work.benefits.engine.trying import tried
from linli.work.benefits.language.cases import Case, cases_read
from linli.work.benefits.language.checking import Around, KnownPolicy, KnownStandard, version_check
from linli.work.benefits.language.columns import Kind
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.tree import Of

PAGE = next(path for path in Path(__file__).parents if (path / "docs").is_dir()) / "docs/first-policy.md"
RULE, CASES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.S)
TABLE = PAGE.read_text("utf-8").split("| 要说的")[1].split("\n\n")[0]
BITS = [bit for bit in re.findall(r"`([^`]+)`", TABLE) if ":" in bit and "…" not in bit]


@pytest.mark.parametrize("case", cases_read(CASES), ids=lambda case: case.name)
def test_case(case: Case) -> None:
    found = tried(case, policy_read(RULE).rule("first"), (), {})
    assert found.is_right, found.faults


def test_nothing_is_found_in_it() -> None:
    assert version_check("first", RULE, CASES, date(2025, 1, 1), Around()) == ()


@pytest.mark.parametrize("bit", BITS)
def test_every_way_of_writing_in_the_table_can_be_read(bit: str) -> None:
    around = Around(
        {"dibao": KnownStandard(Kind.MONEY, date(2021, 7, 1))},
        {"dibao": KnownPolicy(Of.HOUSEHOLD, date(2021, 7, 1))},
    )
    if bit.startswith("低于:"):
        bit = f"数值: {{人均: 月收入}}, {bit}"
    is_field = bit.startswith("互斥")
    text = "unit: person\npays: status\nwhen:\n  - " + (
        "{age: {from: 1}}\n" + bit if is_field else f"{{{bit}}}"
    )
    found = version_check("first", text + "\n", "", date(2025, 1, 1), around)
    assert not [one for one in found if one.severity != "hint"]
