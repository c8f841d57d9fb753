"""Finding what was changed behind Linli's back: rows, seals, and seals that were taken away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.utils.translation import gettext as _

from linli.core.crypto import key_ring

from .anchors import Anchor, AnchorUnreadable, anchor_read
from .models import AuditRecord, Seal, SealedRow
from .rules import GENESIS, merkle_root, row_leaf, row_mac, seal_hash
from .selectors import unsealed_rows
from .signing import is_signed

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where, and what is wrong, in words (Chinese)."""

    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.where}：{self.words}"


@dataclass(slots=True)
class Verification:
    """What was checked and what was found."""

    seals: int = 0
    sealed_rows: int = 0
    tail_rows: int = 0
    anchors: int = 0
    problems: list[Problem] | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def _row_problem(row: AuditRecord) -> Problem | None:
    if row_mac(key_ring().secret("audit"), row.__dict__) == row.mac:
        return None
    return Problem(
        _("记录 %(pk)s") % {"pk": row.pk},
        _("内容与签名不符，已被改动或伪造（%(verb)s %(subject_id)s）")
        % {"verb": row.verb, "subject_id": row.subject_id},
    )


def _seal_problems(seal: Seal, rows: Sequence[SealedRow], previous: Seal | None) -> Iterator[Problem]:
    where = _("封存 %(number)s") % {"number": seal.number}
    if seal.number != (previous.number + 1 if previous else 1):
        yield Problem(where, _("与上一次封存之间缺号，中间的封存被删除"))
    if seal.previous_hash != (previous.hash if previous else GENESIS):
        yield Problem(where, _("与上一次封存接不上，链条被改动"))
    if seal_hash(seal.__dict__) != seal.hash:
        yield Problem(where, _("封存本身的内容被改动"))
    if not is_signed(seal.hash, seal.signature):
        yield Problem(where, _("签名无效，不是本系统的密钥所签"))
    yield from _rows_problems(seal, rows, where)


def _rows_problems(seal: Seal, rows: Sequence[SealedRow], where: str) -> Iterator[Problem]:
    found = [_row_problem(row.record) for row in rows]
    yield from (problem for problem in found if problem)
    missing = sorted(set(range(seal.row_count)) - {row.position for row in rows})
    if missing:
        places = "、".join(str(place + 1) for place in missing[:10])
        yield Problem(
            where,
            _("应有 %(row_count)s 条，缺少 %(count)s 条（第 %(places)s 条）")
            % {"row_count": seal.row_count, "count": len(missing), "places": places},
        )
    elif len(rows) != seal.row_count:
        yield Problem(
            where,
            _("应有 %(row_count)s 条，多出 %(row_count2)s 条")
            % {"row_count": seal.row_count, "row_count2": len(rows) - seal.row_count},
        )
    elif not any(found) and merkle_root([row_leaf(row.record.__dict__) for row in rows]) != seal.merkle_root:
        yield Problem(where, _("记录与封存时不同：被调换、替换或整条改写"))


def _sealed(checked: Verification) -> Iterator[Problem]:
    rows = SealedRow.objects.select_related("record").order_by("seal__number", "position")
    groups = groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row.seal_id)
    seal_id, held = next(groups, (None, iter(())))
    previous: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator(chunk_size=CHUNK):
        here: list[SealedRow] = []
        if seal_id == seal.pk:
            here = list(held)
            seal_id, held = next(groups, (None, iter(())))
        yield from _seal_problems(seal, here, previous)
        checked.seals, checked.sealed_rows, previous = (
            checked.seals + 1,
            checked.sealed_rows + len(here),
            seal,
        )


def _tail(checked: Verification) -> Iterator[Problem]:
    for row in unsealed_rows().iterator(chunk_size=CHUNK):
        checked.tail_rows += 1
        if problem := _row_problem(row):
            yield problem


def _anchor_problem(anchor: Anchor, hashes: dict[int, str]) -> Problem | None:
    where = _("封存 %(number)s") % {"number": anchor.number}
    if anchor.number not in hashes:
        return Problem(where, _("锚定文件里有，数据库里没有：封存被删除"))
    if hashes[anchor.number] != anchor.hash:
        return Problem(where, _("与锚定文件里的不同：封存被整体重做"))
    if not is_signed(anchor.hash, anchor.signature, anchor.public_key):
        return Problem(where, _("锚定文件里的签名无效：锚定文件被改动"))
    return None


def _anchored(path: Path, checked: Verification) -> Iterator[Problem]:
    try:
        anchors = anchor_read(path)
    except (OSError, AnchorUnreadable) as error:
        yield Problem(str(path), _("锚定文件不能使用：%(error)s") % {"error": error})
        return
    checked.anchors = len(anchors)
    hashes = dict(Seal.objects.values_list("number", "hash"))
    yield from (problem for anchor in anchors if (problem := _anchor_problem(anchor, hashes)))


def audit_verify(anchor: Path | None = None) -> Verification:
    """Check every seal, every sealed row, every row in the tail and, where given, an anchor file.

    Not found: a row that was removed before it was sealed, and seals removed from the end where no
    anchor file from outside is given.
    """
    checked = Verification()
    checked.problems = [*_sealed(checked), *_tail(checked)]
    if anchor is not None:
        checked.problems += _anchored(anchor, checked)
    return checked
