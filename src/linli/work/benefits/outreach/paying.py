"""The file that the office which pays gets: who, which number, where, how much; marked with who took it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.listing import Column, Kind
from linli.foundation.exports.writing import Mark, csv_write, xlsx_write

from ..models import Batch
from .services.paying import Payee

SHAPES = {
    "xlsx": (xlsx_write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (csv_write, "text/csv; charset=utf-8"),
}


def _yuan(row: Payee) -> Decimal:
    return Decimal(row.lead.amount or 0) / 100


def payees_file(shape: str, batch: Batch, payees: Sequence[Payee], actor: Actor, reason: str) -> bytes:
    """Return the list as ``xlsx`` or ``csv``; no cell is a formula."""
    write, _media_type = SHAPES[shape]
    columns = (
        Column(_("姓名"), lambda row: row.name, width=12),
        Column(_("证件号码"), lambda row: row.number, width=22),
        Column(_("住址"), lambda row: row.address, width=36),
        Column(_("金额（元）"), _yuan, Kind.NUMBER, 12),
    )
    now = clock.now().astimezone(clock.BEIJING)
    facts = [(_("导出人"), actor.name), (_("时间"), f"{now:%Y-%m-%d %H:%M}"), (_("用途"), reason)]
    mark = Mark(_("发放名单：%s") % batch.policy.name, facts, _("仅限发放使用，请妥善保管，用完删除"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payees"
        write(path, columns, [list(payees)], mark, lambda done: None)
        return path.read_bytes()
