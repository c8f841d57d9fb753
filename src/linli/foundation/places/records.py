"""Records of every room by their place: which tables there are, and how their rows follow a change.

A room takes part by giving a model a ``PathField`` named ``area_path``; nothing is registered. A model
may say ``area_label`` (what its rows are called in a preview), ``area_open`` (a ``Q``: which of them still
run) or ``area_is_of_its_day`` (its rows never move: sealed records). Rows with a ``compound`` follow their
compound in a change of divisions; those that stand where it stands (not where something happened) say
``area_is_compounds`` and follow also when its committee is confirmed. Rows *about* another record (a foreign
key to it, or ``room`` and ``subject_id``) follow that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import (
    Exists,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    ManyToManyRel,
    ManyToOneRel,
    Model,
    OneToOneRel,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from linli.core.fields import PathField
from linli.core.service import require_service

from .models import Compound, Division, DivisionChange, DivisionMove

Rows = QuerySet[Any]
HOLDERS = 200  # so many are named in a preview
FOLLOW = 5_000  # so many rows at a time


def area_models() -> list[type[Model]]:
    """Return the models of all rooms whose rows have a place in today's tree."""
    return [
        model
        for model in apps.get_models()
        if any(
            field.name == "area_path" and isinstance(field, PathField)
            for field in model._meta.concrete_fields
        )
        and not getattr(model, "area_is_of_its_day", False)
    ]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many rows of one kind stand somewhere; ``open`` is None where the kind has no end."""

    label: str
    count: int
    open: int | None


def area_counts(where: Q) -> list[AreaCount]:
    """Count the rows of every kind that people know of (one query each), those without rows left out."""
    found = []
    for model in area_models():
        label = getattr(model, "area_label", "")
        rows = model._default_manager.filter(where)
        if label and (count := rows.count()):
            still = getattr(model, "area_open", None)
            found.append(AreaCount(str(label), count, None if still is None else rows.filter(still).count()))
    return found


def division_keys() -> list[tuple[type[Model], str]]:
    """Return model and name of every foreign key to a division, of whatever room."""
    return [
        (relation.related_model, relation.field.name)
        for relation in Division._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel)
        and not isinstance(relation, OneToOneRel)
        and relation.related_model is not Division
        and not relation.related_model._meta.auto_created
    ]


def division_holders() -> list[tuple[type[Model], "ManyToManyField[Any, Any]"]]:
    """Return the linking table and the field of everything that has divisions as its areas."""
    return [
        (relation.through, relation.field)
        for relation in Division._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToManyRel) and relation.through is not None
    ]


def holders_of(division_ids: list[int]) -> dict[str, list[str]]:
    """Return what has any of the divisions as its area (roles, units, …): kind → names."""
    found: dict[str, list[str]] = {}
    for _through, field in division_holders():
        held = field.model._default_manager.filter(**{f"{field.name}__in": division_ids}).distinct()
        label = str(getattr(field.model, "area_label", field.model._meta.verbose_name))
        if names := [str(row) for row in held[:HOLDERS]]:
            found[label] = names
    return found


# -- moving ------------------------------------------------------------------------------------------------


def _compound_field(model: type[Model]) -> str:
    """Return the field by which a model's rows stand in a compound, empty if they do not."""
    if model is Compound:
        return "pk"
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.remote_field.model is Compound:
            return field.name
    return ""


def _moves(change: DivisionChange) -> QuerySet[DivisionMove]:
    """Return the change's moves of whole places; a path that stands again today takes nothing away."""
    again = Division.objects.on().filter(path=OuterRef("old_path"))
    return DivisionMove.objects.filter(~Exists(again), change=change, compound=None)


def _of_compounds(model: type[Model], change: DivisionChange) -> tuple[Rows, Any]:
    """Return the rows that follow their compound, and where to."""
    name = _compound_field(model)
    moves = DivisionMove.objects.filter(
        change=change, compound=OuterRef(name), old_path=OuterRef("area_path")
    )
    return model._default_manager.filter(Exists(moves)), Subquery(moves.values("new_path")[:1])


def _of_places(model: type[Model], change: DivisionChange) -> tuple[Rows, Any]:
    moves = DivisionMove.objects.filter(change=change, compound=None, old_path=OuterRef("area_path"))
    paths = _moves(change).values("old_path")
    return model._default_manager.filter(area_path__in=paths), Subquery(moves.values("new_path")[:1])


def _left(change: DivisionChange) -> Iterator[tuple[type[Model], Rows, Any, bool]]:
    """Yield what is still to be moved: first what follows compounds, then the rest of each place."""
    models = area_models()
    for model in models:
        if _compound_field(model):
            yield model, *_of_compounds(model, change), True
    for model in models:
        yield model, *_of_places(model, change), False


def records_left(change: DivisionChange) -> int:
    """Count the rows that have not followed a change yet."""
    return sum(rows.count() for _model, rows, _path, _is_compound in _left(change))


def has_records_left(change: DivisionChange) -> bool:
    """Whether any row has not followed a change yet."""
    return any(rows.exists() for _model, rows, _path, _is_compound in _left(change))


@require_service
def records_move(*, change: DivisionChange, limit: int) -> dict[type[Model], int]:
    """Let up to ``limit`` rows follow a change; returns how many of which kind, empty when all have.

    What is left to do is found in the rows themselves, so that it can be stopped and taken up anywhere.
    """
    moved: dict[type[Model], int] = {}
    for model, rows, path, is_compound in _left(change):
        room = limit - sum(moved.values())
        if room <= 0:
            break
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:room])
        if not ids:
            continue
        model._default_manager.filter(pk__in=ids).update(area_path=path)
        moved[model] = moved.get(model, 0) + len(ids)
        if is_compound:
            _followers_move(model, ids, moved)
    return moved


@require_service
def compound_rows_follow(*, compound: Compound) -> None:
    """Let what stands where a compound stands follow it to its committee; touches ``area_models()``."""
    for model in area_models():
        if getattr(model, "area_is_compounds", False):
            rows = model._default_manager.filter(compound=compound).exclude(area_path=compound.area_path)
            ids = list(rows.values_list("pk", flat=True))
            for start in range(0, len(ids), FOLLOW):
                part = ids[start : start + FOLLOW]
                model._default_manager.filter(pk__in=part).update(area_path=compound.area_path)
                _followers_move(model, part, {})


def _followers_move(model: type[Model], ids: list[Any], moved: dict[type[Model], int]) -> None:
    """Let the rows about some records stand where those stand now."""
    key = "public_id" if any(field.name == "public_id" for field in model._meta.concrete_fields) else "pk"
    groups: dict[str, list[tuple[Any, str]]] = {}
    for pk, name, path in model._default_manager.filter(pk__in=ids).values_list("pk", key, "area_path"):
        groups.setdefault(path, []).append((pk, str(name)))
    for path, subjects in groups.items():
        for other in area_models():
            about = _about(other, model, subjects)
            rows = other._default_manager.filter(about).exclude(area_path=path)
            if about and (count := rows.update(area_path=path)):
                moved[other] = moved.get(other, 0) + count


def _about(other: type[Model], model: type[Model], subjects: list[tuple[Any, str]]) -> Q:
    """Return the condition that rows are about some records: by foreign key, by number, by name."""
    fields = {field.name: field for field in other._meta.concrete_fields}
    numbers, names = [pk for pk, _name in subjects], [name for _pk, name in subjects]
    about = Q()
    for field in fields.values():
        if isinstance(field, ForeignKey) and field.remote_field.model is model and model is not Compound:
            about |= Q(**{f"{field.name}__in": numbers})
    if {"room", "subject_id"} <= fields.keys():
        by_number = isinstance(fields["subject_id"], IntegerField)
        about |= Q(room=model._meta.app_label, subject_id__in=numbers if by_number else names)
    return about
