"""A small made-up city as Parquet and the policies that ship, for tests and benchmarks of the engine."""

from datetime import date
from pathlib import Path

from linli.registers.residents.synth.run import Order, city_make
from linli.work.benefits.engine.order import not_in_force
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import (
    policies_shipped,
    standard_kinds,
    standards_on,
    standards_shipped,
)
from linli.work.benefits.language.tree import Of, Rule

DAY = date(2026, 11, 1)


def city(folder: Path, persons: int) -> Path:
    """Make a city of so many persons."""
    folder.mkdir()
    city_make(Order(persons, 3, "parquet", DAY), folder, processes=1, say=lambda words: None)
    return folder


def shipped_rules(on: date) -> tuple[list[Rule], dict[str, int]]:
    """Return the policies that ship as they are in force on a day, and the figures of that day."""
    kinds, rules = standard_kinds(standards_shipped()), []
    for policy in policies_shipped():
        version = policy.version_on(on)
        if version is None:
            of = Of.HOUSEHOLD if policy.unit == "household" else Of.PERSON
            rules.append(not_in_force(policy.code, of))
        else:
            rules.append(policy_read(version.text, kinds).rule(policy.code))
    return rules, standards_on(standards_shipped(), on)
