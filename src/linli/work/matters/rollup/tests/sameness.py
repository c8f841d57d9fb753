"""What the roll-up holds, row by row, to be compared with what a rebuild makes."""

from typing import Any

import pytest

from linli.work.matters.rollup import tasks
from linli.work.matters.rollup.models import DayCell, MatterFact, MoveFact

Rows = list[tuple[Any, ...]]


def contents() -> dict[str, Rows]:
    """Return every row of the three tables."""
    names = [field.attname for field in DayCell._meta.concrete_fields]
    return {
        "matters": list(MatterFact.objects.order_by("pk").values_list()),
        "moves": list(MoveFact.objects.order_by("pk").values_list()),
        "cells": sorted(DayCell.objects.values_list(*names), key=repr),
    }


def same_as_rebuilt() -> None:
    """Assert that what was followed step by step is what a rebuild makes."""
    followed = contents()
    tasks.rebuild()
    rebuilt = contents()
    for grain, rows in rebuilt.items():
        if followed[grain] != rows:
            pytest.fail(f"{grain}: {set(followed[grain]) ^ set(rows)}")
