"""Database, logs, audit, request keys, sessions and key ring together: what whoever has all of it cannot do.

The attacker of these tests has everything that the server has, at every moment, and knows who voted. Two
shares of the key they do not have; what two of three trustees could do stands in ``docs/ballots.md``.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from linli.core import clock as time
from linli.foundation.audit.models import AuditRecord, RequestKey
from linli.work.deliberation.ballots.models import Elector
from linli.work.deliberation.secret.rules import receipt_of
from linli.work.deliberation.secret.tasks import follow
from linli.work.deliberation.secret.tests.conftest import TRUSTEES, Booth

pytestmark = pytest.mark.django_db
UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])")
HASH = re.compile(r"[0-9a-f]{64}")
SILENT = ("django_session", "sessions read")
MARKS = [("a",)] * 6 + [("b",)] * 5 + [("c",)]


def rows() -> Iterator[tuple[str, list[str], tuple[Any, ...]]]:
    """Every row of every table: table, columns, values; sessions as they read."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield table, names, tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
    for session in Session.objects.all():
        yield "sessions read", ["content"], (repr(session.get_decoded()),)


def outside() -> str:
    """Return what the server has beside the database: its own keys."""
    files = sorted(settings.KEYS_DIR.rglob("*"))
    kept = "\n".join(path.read_text(errors="replace") for path in files if path.is_file())
    return f"{settings.SECRET_KEY}\n{kept}"


def forms_of(secret: bytes) -> list[str]:
    """Return how bytes may stand in a text."""
    return [secret.hex(), base64.b64encode(secret).decode().rstrip("="), repr(secret)[2:-1]]


def candidates(text: str, blobs: list[bytes]) -> set[bytes]:
    """Return every 32 bytes in it that could be a private key, in hex, base64 or raw."""
    found = {bytes.fromhex(one) for one in HASH.findall(text)}
    for one in re.findall(r"[A-Za-z0-9+/_-]{43}=?", text):
        try:
            found.add(base64.urlsafe_b64decode(one.rstrip("=").replace("+", "-").replace("/", "_") + "="))
        except binascii.Error:
            continue
    found |= {blob[at : at + 32] for blob in blobs for at in range(0, max(len(blob) - 31, 0))}
    return {one for one in found if len(one) == 32}


def opens(keys: set[bytes], sealed: bytes) -> bool:
    """Whether any of the keys opens it."""
    for key in keys:
        try:
            SealedBox(PrivateKey(key)).decrypt(sealed)
        except (CryptoError, ValueError):
            continue
        return True
    return False


def cast_by_http(booth: Booth, voter: str, marks: tuple[str, ...]) -> bytes:
    """Cast as the voter's browser does, over the interface."""
    sealed = booth.sealed([list(marks)])
    answer = booth.cast.client(voter).post(
        f"/api/v1/council/ballots/{booth.ballot.public_id}/sealed",
        {
            "elector": str(booth.elector(voter).public_id),
            "sealed": base64.b64encode(sealed).decode(),
        },
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"is_replaced": False}
    return sealed


def election(booth: Booth, marks: list[tuple[str, ...]]) -> list[bytes]:
    """Hold the election to its end but for the destruction; return what was sealed, by voter."""
    booth.begin()
    sealed = []
    for voter, one in zip(booth.voters, marks, strict=True):
        sealed.append(cast_by_http(booth, voter, one))
        time.clock_forward(time.timedelta(minutes=7))
    booth.end()
    follow()
    booth.bring_back(booth.opened(booth.hand_out().groups))
    return sealed


def test_all_that_the_server_has_opens_nothing(booth: Booth, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sealed = election(booth, MARKS)
    everything = list(rows())
    text = "\n".join([repr(everything), outside(), caplog.text])
    blobs = [value for _, _, row in everything for value in row if isinstance(value, bytes)]
    keys = candidates(text, [blob for blob in blobs if len(blob) < 5_000])
    assert bytes.fromhex(booth.key) in keys  # it looked where keys would stand
    assert not any(opens(keys, one) for one in sealed)
    private = bytes(booth.secret)
    assert not [one for one in forms_of(private) if one in text]
    assert all(opens({*list(keys)[:3], private}, one) for one in sealed)  # and would know one if it saw it


def test_no_log_holds_what_was_sealed_nor_its_receipt(booth: Booth, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for one in election(booth, MARKS):
        for hidden in (receipt_of(one), *forms_of(one)):
            assert hidden[:40] not in caplog.text


def test_a_receipt_stands_in_the_published_lists_and_nowhere_else(booth: Booth) -> None:
    sealed = election(booth, MARKS)
    where = {
        (table, names[place])
        for table, names, row in rows()
        for place, value in enumerate(row)
        for one in sealed
        if receipt_of(one) in str(value) or base64.b64encode(one).decode() in str(value)
    }
    assert where == {("secret_ballots_ceremony", "receipts"), ("ballots_ballot", "sealed_counts")}
    holding = {
        (table, names[place]) for table, names, row in rows() for place, v in enumerate(row) if v in sealed
    }
    assert holding == {("ballots_elector", "sealed_choice")}
    booth.settle()
    follow()
    assert not [
        row for _, _, row in rows() if any(value in sealed for value in row if isinstance(value, bytes))
    ]


def test_no_record_of_voting_carries_a_digest_and_no_request_key_is_kept(booth: Booth) -> None:
    election(booth, MARKS)
    cast = AuditRecord.objects.filter(verb="choice.seal")
    assert cast.count() == len(MARKS)
    assert {(row.subject_id, str(row.changes), str(row.looked_at)) for row in cast} == {
        (str(booth.ballot.public_id), "{}", "[]")
    }
    assert not RequestKey.objects.filter(service__contains="seal").exists()


def traces(booth: Booth, marks: list[tuple[str, ...]], leak: bool = False) -> list[str]:
    """Return what an election leaves behind when all is over, random names taken out; then undo it."""
    with transaction.atomic():
        election(booth, marks)
        booth.settle()
        follow()
        if leak:
            Elector.objects.filter(number=1).update(remark=marks[0][0])
        left = []
        for table, names, row in rows():
            kept = dict(zip(names, row, strict=True))
            if connection.vendor == "postgresql":  # numbers that were drawn stay drawn there
                kept = {name: value for name, value in kept.items() if not name.endswith("id")}
            left.append(f"{table} {UUID.sub('*', HASH.sub('#', repr(kept)))}")
        transaction.set_rollback(True)
    time.clock_set(booth.ballot.opens_at - time.timedelta(days=7))
    return sorted(left)


def plain(lines: list[str]) -> list[str]:
    """Leave out tables of random content: sessions, the requests' numbers."""
    numbers = re.compile(r"'(?:request_id|session_key|session_data|password|last_login)': [^,}]+")
    return [numbers.sub("", line) for line in lines if not line.startswith(SILENT)]


def test_whoever_swapped_their_choices_the_house_keeps_the_same(booth: Booth) -> None:
    """If the choices of two voters are exchanged, nothing that is left tells one election from the other."""
    swapped = [MARKS[11], *MARKS[1:11], MARKS[0]]
    one, other = plain(traces(booth, MARKS)), plain(traces(booth, swapped))
    assert [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]] == []
    leaking = plain(traces(booth, MARKS, leak=True)), plain(traces(booth, swapped, leak=True))
    assert leaking[0] != leaking[1]  # a trace would have been seen


def test_two_trustees_are_needed_and_named(booth: Booth) -> None:
    election(booth, MARKS)
    opening = booth.ceremony.openings.get()
    sides = booth.ceremony.trustees.filter(seat__in=opening.seats).values_list("side", flat=True)
    assert set(sides) < set(TRUSTEES)
    assert len(sides) == 2
