"""The cast of the matters room, and a street's tables."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from linli.core import clock as core_clock
from linli.work.matters.routing import services as do
from linli.work.matters.routing.models import DecisionTable
from linli.work.matters.routing.ruling import sheets_forget
from linli.work.matters.tests.conftest import (  # noqa: F401 - fixtures
    gallery,
    gallery_of_module,
    life,
    people,
    unchanged,
)
from linli.work.matters.tests.life import Life

Rows = list[Mapping[str, str]]
TableMaker = Callable[..., DecisionTable]


@pytest.fixture(autouse=True)
def fresh_sheets() -> None:
    """No test reads another's versions."""
    sheets_forget()


def rows_add(lives: Life, table: DecisionTable, rows: Rows, by: str = "street") -> None:
    """Add rows to a table's draft."""
    for row in rows:
        lock = table.versions.exclude(state="published").get().lock
        do.row_save(actor=lives.who(by), table_id=table.pk, lock=lock, typed=row)


def publish(lives: Life, table: DecisionTable, by: str = "street", **more: Any) -> Any:
    """Publish a table's draft from today on."""
    lock = table.versions.exclude(state="published").get().lock
    said = {"starts_on": core_clock.today(), "remark": "试行", **more}
    return do.version_publish(actor=lives.who(by), table_id=table.pk, lock=lock, **said)


@pytest.fixture
def table_of(life: Life) -> TableMaker:  # noqa: F811
    """Return a maker of tables: rows typed as a clerk would, published unless told otherwise."""

    def make(
        subject: str, *rows: Mapping[str, str], policy: str = "first", by: str = "street", is_out: bool = True
    ) -> DecisionTable:
        table = do.table_open(actor=life.who(by), subject=subject, name=f"{by} {subject}", policy=policy)
        rows_add(life, table, list(rows), by)
        if is_out:
            publish(life, table, by)
        return table

    return make
