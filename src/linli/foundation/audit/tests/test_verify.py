"""Every way to falsify the record is found, sealed or in the tail."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from linli.core.fields import uuid7
from linli.foundation.audit import tasks
from linli.foundation.audit.anchors import anchor_append, anchor_read
from linli.foundation.audit.models import AuditRecord, Seal, SealedRow
from linli.foundation.audit.rules import MAC_COLUMNS, merkle_root, row_leaf, row_mac, seal_hash
from linli.foundation.audit.services import seal_make
from linli.foundation.audit.signing import public_key, sign
from linli.foundation.audit.verification import audit_verify

from .factories import MACHINE, person_make, person_rename

pytestmark = pytest.mark.django_db
OTHER: dict[str, Any] = {
    "id": "0198c0de-0000-7000-8000-000000000000",
    "at": "2026-01-01 00:00:00+00:00",
    "person_id": 4711,
    "role_id": 4711,
    "unit_id": 4711,
    "deputy_for": 4711,
    "about_id": 4711,
    "changes": '{"name": ["0", "1"]}',
    "looked_at": '["phone"]',
    "parent_id": "0198c0de000070008000000000000000",
}


@pytest.fixture
def acts() -> list[AuditRecord]:
    for name in ("甲", "乙", "丙"):
        person = person_make(actor=MACHINE, name=name)
        person_rename(actor=MACHINE, person=person, name=f"{name}某")
    return list(AuditRecord.objects.order_by("id"))


@pytest.fixture
def anchor(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "anchors.jsonl"
    settings.AUDIT_ANCHOR = path
    return path


def tamper(table: str, column: str, value: Any, where: str, pk: Any) -> None:
    """Change one column as somebody with the database's password would."""
    pk = connection.ops.adapt_unknown_value(pk) if not hasattr(pk, "hex") else pk
    key = pk.hex if hasattr(pk, "hex") and connection.vendor == "sqlite" else pk
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE {where} = %s', [value, key])
        assert cursor.rowcount == 1


def problems(anchor: Path | None = None) -> str:
    return "\n".join(str(problem) for problem in audit_verify(anchor).problems or ())


def test_an_honest_record_is_sound(acts: list[AuditRecord], anchor: Path) -> None:
    seal_make(actor=MACHINE)
    person_make(actor=MACHINE, name="尾")
    anchor_append()
    checked = audit_verify(anchor)
    assert checked.is_sound
    assert (checked.seals, checked.sealed_rows, checked.tail_rows, checked.anchors) == (1, 6, 1, 1)


EDITS = [(column, False) for column in (*MAC_COLUMNS, "mac")]
EDITS += [(column, True) for column in (*MAC_COLUMNS, "mac") if column != "id"]  # the seal holds the key


@pytest.mark.parametrize(("column", "is_sealed"), EDITS)
def test_an_edited_column_is_found(acts: list[AuditRecord], column: str, is_sealed: bool) -> None:
    if is_sealed:
        seal_make(actor=MACHINE)
    value = OTHER.get(column, "改")
    if column == "id" and connection.vendor == "sqlite":
        value = str(value).replace("-", "")
    if column in ("parent_id",) and connection.vendor == "postgresql":
        value = "0198c0de-0000-7000-8000-000000000000"
    tamper("audit_auditrecord", column, value, "id", acts[2].pk)
    assert "改动或伪造" in problems()


@pytest.mark.parametrize("is_sealed", [True, False])
def test_rows_that_changed_places_are_found(acts: list[AuditRecord], is_sealed: bool) -> None:
    if is_sealed:
        seal_make(actor=MACHINE)
    one, other = acts[1], acts[3]
    for row, source in ((one, other), (other, one)):
        values = {name: getattr(source, name) for name in (*MAC_COLUMNS[1:], "mac")}
        AuditRecord.objects.filter(pk=row.pk).update(**values)
    assert problems().count("改动或伪造") == 2


def test_a_deleted_sealed_row_is_found(acts: list[AuditRecord]) -> None:
    seal_make(actor=MACHINE)
    SealedRow.objects.filter(record=acts[2]).delete()
    AuditRecord.objects.filter(pk=acts[2].pk).delete()
    assert "缺少 1 条（第 3 条）" in problems()


def test_a_row_taken_out_of_its_seal_is_found(acts: list[AuditRecord]) -> None:
    seal_make(actor=MACHINE)
    SealedRow.objects.filter(record=acts[5]).delete()
    assert "缺少 1 条（第 6 条）" in problems()


def test_sealed_rows_in_another_order_are_found(acts: list[AuditRecord]) -> None:
    seal_make(actor=MACHINE)
    places = {acts[0].pk: 90, acts[1].pk: 0}
    for pk, position in places.items():
        SealedRow.objects.filter(record_id=pk).update(position=position)
    SealedRow.objects.filter(position=90).update(position=1)
    assert "与封存时不同" in problems()


def _forged(acts: list[AuditRecord], secret: bytes) -> AuditRecord:
    row = acts[0]
    row.pk, row.verb = uuid7(), "person.promote"
    row.mac = row_mac(secret, row.__dict__)
    row.save(force_insert=True)
    return row


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_forged_row_is_found(acts: list[AuditRecord], is_sealed: bool) -> None:
    _forged(acts, b"not the key".ljust(32))
    if is_sealed:
        seal_make(actor=MACHINE)
    assert problems().count("伪造") == 1


def test_a_forged_row_slipped_into_a_seal_is_found(acts: list[AuditRecord]) -> None:
    seal = seal_make(actor=MACHINE)
    assert seal is not None
    row = _forged(acts, b"not the key".ljust(32))
    SealedRow.objects.create(record=row, seal=seal, position=6)
    assert "多出 1 条" in problems()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("number", 7, "缺号"),
        ("sealed_at", "2026-01-01 00:00:00+00:00", "内容被改动"),
        ("row_count", 5, "内容被改动"),
        ("merkle_root", "0" * 64, "内容被改动"),
        ("previous_hash", "1" * 64, "接不上"),
        ("hash", "1" * 64, "内容被改动"),
        ("signature", "00" * 64, "签名无效"),
    ],
)
def test_an_edited_seal_is_found(acts: list[AuditRecord], column: str, value: Any, words: str) -> None:
    seal = seal_make(actor=MACHINE)
    assert seal is not None
    tamper("audit_seal", column, value, "id", seal.pk)
    assert words in problems()


def test_a_seal_missing_from_the_middle_is_found(acts: list[AuditRecord]) -> None:
    for name in "丁戊":
        seal_make(actor=MACHINE)
        person_make(actor=MACHINE, name=name)
    seal_make(actor=MACHINE)
    SealedRow.objects.filter(seal__number=2).delete()
    Seal.objects.filter(number=2).delete()
    assert "缺号" in problems() and "接不上" in problems()


def test_seals_removed_from_the_end_are_found_by_the_anchor(acts: list[AuditRecord], anchor: Path) -> None:
    seal_make(actor=MACHINE)
    person_make(actor=MACHINE, name="丁")
    seal_make(actor=MACHINE)
    anchor_append()
    rows = list(SealedRow.objects.filter(seal__number=2).values_list("record_id", flat=True))
    SealedRow.objects.filter(seal__number=2).delete()
    AuditRecord.objects.filter(pk__in=rows).delete()
    Seal.objects.filter(number=2).delete()
    assert problems() == ""  # the stated limit without an anchor
    assert "封存 2：锚定文件里有，数据库里没有" in problems(anchor)


def test_a_record_rewritten_with_all_keys_is_found_by_the_anchor(
    acts: list[AuditRecord], anchor: Path
) -> None:
    seal = seal_make(actor=MACHINE)
    anchor_append()
    assert seal is not None
    row = acts[2]
    row.verb = "person.other"
    _rewrite(row, seal)
    assert problems() == ""
    assert "整体重做" in problems(anchor)


def _rewrite(row: AuditRecord, seal: Seal) -> None:
    """What somebody can do who holds the database and the key ring."""
    from linli.core.crypto import key_ring

    row.mac = row_mac(key_ring().secret("audit"), row.__dict__)
    row.save()
    rows = [held.record.__dict__ for held in seal.rows.select_related("record").order_by("position")]
    seal.merkle_root = merkle_root([row_leaf(held) for held in rows])
    seal.hash = seal_hash(seal.__dict__)
    seal.signature = sign(seal.hash)
    seal.save()


def test_an_edited_anchor_is_found(acts: list[AuditRecord], anchor: Path) -> None:
    seal_make(actor=MACHINE)
    anchor_append()
    row = json.loads(anchor.read_text())
    anchor.write_text(json.dumps(row | {"signature": "00" * 64}) + "\n")
    assert "锚定文件里的签名无效" in problems(anchor)
    anchor.write_text("no anchor\n")
    assert "第 1 行读不出来" in problems(anchor)


def test_the_anchor_file_only_grows(acts: list[AuditRecord], anchor: Path) -> None:
    tasks.seal_rows()
    first = anchor.read_text()
    person_make(actor=MACHINE, name="丁")
    assert tasks.seal_rows() == 1
    assert anchor.read_text().startswith(first)
    assert [line.number for line in anchor_read(anchor)] == [1, 2]
    assert tasks.seal_rows() == 0
    assert {line.public_key for line in anchor_read(anchor)} == {public_key()}


def test_the_auditor_gets_the_newest_seal_once_a_day(
    acts: list[AuditRecord], anchor: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUDITOR_EMAIL = "auditor@example.org"
    monkeypatch.setattr(tasks, "_mailed_on", "")
    tasks.seal_rows()
    person_make(actor=MACHINE, name="丁")
    tasks.seal_rows()
    (message,) = mail.outbox
    assert Seal.objects.order_by("number")[0].hash in message.body


def test_the_command_says_what_is_wrong(
    acts: list[AuditRecord], anchor: Path, run: Callable[..., str]
) -> None:
    assert "新封存 1 次" in run("seal")
    assert "没有发现改动" in run("verify", "--anchor", str(anchor))
    assert public_key() in run("show")
    tamper("audit_auditrecord", "verb", "改", "id", acts[0].pk)
    with pytest.raises(CommandError, match="发现 1 处问题"):
        run("verify")


@pytest.fixture
def run() -> Callable[..., str]:
    def call(*arguments: str) -> str:
        out = StringIO()
        call_command("audit", *arguments, stdout=out, stderr=out)
        return out.getvalue()

    return call
