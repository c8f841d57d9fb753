"""Many matters quickly: copies of matters that services wrote, row for row, under new ids.

A copy differs from its original in ids, number, request keys and nothing else, so that it is what the
services would have written. ``check`` compares one copy with its original, table by table.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import models, transaction

Row = TypeVar("Row", bound=models.Model)
BATCH = 2000
NEW = frozenset({"id", "public_id", "number", "matter", "subject_id", "subject_number", "url", "version"})


def _copy(row: Row, **more: Any) -> Row:
    """Return an unsaved copy of a row under a new key."""
    from linli.core.fields import uuid7

    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    if "public_id" in fields:
        fields["public_id"] = uuid7()
    return type(row)(**{**fields, **more})


def _new_matters(originals: Sequence[Any], count: int) -> list[tuple[int, Any]]:
    from linli.core.fields import public_number
    from linli.work.matters.models import Matter

    taken = set(Matter.objects.values_list("number", flat=True))
    rows = []
    for index in range(count):
        original = originals[index % len(originals)]
        number = public_number(12)
        while number in taken:
            number = public_number(12)
        taken.add(number)
        rows.append((original.pk, _copy(original, number=number)))
    return rows


def _store(rows: Iterable[models.Model], model: type[models.Model]) -> None:
    model._default_manager.bulk_create(rows, batch_size=BATCH)


@transaction.atomic
def matters_multiply(total: int) -> int:
    """Copy the matters of this database until there are ``total``; returns how many were made."""
    from linli.foundation.duties.models import Duty
    from linli.foundation.search.models import SearchDocument
    from linli.work.matters.models import Assignment, Matter, MatterEvent

    originals = list(Matter.objects.filter(merged_into=None, source_number="").order_by("pk"))
    made = _new_matters(originals, max(total - Matter.objects.count(), 0))
    _store([copy for _pk, copy in made], Matter)
    stored = dict(Matter.objects.values_list("number", "pk"))
    for model in (MatterEvent, Assignment):
        by_matter: dict[int, list[models.Model]] = {}
        for row in model.objects.order_by("pk"):
            by_matter.setdefault(row.matter_id, []).append(row)
        _store(
            (_copy(row, matter_id=stored[copy.number]) for pk, copy in made for row in by_matter.get(pk, ())),
            model,
        )
    _duties(Duty, originals, made)
    texts = {document.subject_id: document for document in SearchDocument.objects.filter(room="matters")}
    _store(
        (_copy(texts[pk], subject_id=stored[copy.number]) for pk, copy in made if pk in texts),
        SearchDocument,
    )
    return len(made)


def _duties(model: Any, originals: Sequence[Any], made: Sequence[tuple[int, Any]]) -> None:
    public = {original.pk: str(original.public_id) for original in originals}
    by_subject: dict[str, list[Any]] = {}
    for duty in model.objects.filter(room="matters").order_by("pk"):
        by_subject.setdefault(duty.subject_id, []).append(duty)
    _store(
        (
            _copy(
                duty,
                subject_id=str(copy.public_id),
                subject_number=copy.number,
                url=duty.url.replace(public[pk], str(copy.public_id)),
            )
            for pk, copy in made
            for duty in by_subject.get(public[pk], ())
        ),
        model,
    )


def _content(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    content = [
        {f.name: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in NEW}
        for row in rows
    ]
    return sorted(content, key=repr)  # the database numbers rows of one batch as it likes


def check(original: Any, copy: Any) -> None:
    """Raise where a copy has other rows than its original, apart from ids."""
    from linli.foundation.duties.models import Duty

    for name in ("events", "assignments"):
        pair = [_content(getattr(matter, name).all()) for matter in (original, copy)]
        if pair[0] != pair[1]:
            raise AssertionError(f"{name} of {copy.number} are not those of {original.number}")
    duties = [
        _content(Duty.objects.filter(room="matters", subject_id=str(matter.public_id)))
        for matter in (original, copy)
    ]
    if duties[0] != duties[1] or _content([original]) != _content([copy]):
        raise AssertionError(f"{copy.number} is not like {original.number}")
