"""Benefits paid of a file: for persons on record, once, changed by a newer file, taken back."""

from datetime import date

import pytest

from linli.foundation.imports.tests.runs import undone
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Receipt
from tests.people import Cast

from .importworld import FAMILY, brought, number_of, resident, tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HEAD = ["证件号码", "姓名", "待遇", "金额", "开始日期", "结束日期"]
NUMBER = number_of("1980-05-06", 11)
ROW = [NUMBER, "王大明", "临时救助", "1200.50", "2026-01-01", "2026-02-01"]
COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "quarantined": 0}


@pytest.fixture
def homes(cast: Cast) -> Homes:
    found = homes_build(cast)
    brought(found.worker, *FAMILY)
    return found


def test_a_benefit_comes_in_once_changes_and_goes(homes: Homes) -> None:
    empty = tables_digest()
    job = brought(homes.worker, ROW, head=HEAD, target="receipts")
    assert job.counts == {**COUNTS, "new": 1}, [row.reasons for row in job.quarantine.all()]
    receipt = Receipt.objects.get()
    assert (receipt.resident, receipt.amount, receipt.to_on) == (resident(), 120050, date(2026, 2, 1))
    before = tables_digest()
    assert brought(homes.worker, ROW, head=HEAD, target="receipts").counts == {**COUNTS, "unchanged": 1}
    newer = brought(homes.worker, [*ROW[:3], "900", *ROW[4:]], head=HEAD, target="receipts")
    assert newer.counts == {**COUNTS, "changed": 1} and Receipt.objects.get().amount == 90000
    undone(homes.worker, newer)
    assert tables_digest() == before
    undone(homes.worker, job)
    assert tables_digest() == empty


@pytest.mark.parametrize(
    ("at", "cell", "words"),
    [
        (0, number_of("1990-01-01", 99), "没有登记这个证件号码"),
        (1, "李四", "姓名与这个证件号码登记的不一致"),
        (3, "-5", "不小于0"),
        (5, "2025-01-01", "结束日期要晚于开始日期"),
        (4, "昨天", "不是认得的日期"),
    ],
)
def test_a_bad_row_waits(homes: Homes, at: int, cell: str, words: str) -> None:
    row = list(ROW)
    row[at] = cell
    job = brought(homes.worker, row, head=HEAD, target="receipts")
    assert words in " ".join(job.quarantine.get().reasons) and not Receipt.objects.exists()
