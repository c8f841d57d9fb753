"""Which tables name persons and households: what an undo has to look through."""

from django.db.models import Model

from linli.foundation.places.models import Building, Part, Stair

from ..models import Household, Resident


def naming(named: type[Model]) -> list[tuple[type[Model], str]]:
    """Return every (table, foreign key) that names rows of a table, those without a way back too."""
    relations = (field for field in named._meta.get_fields(include_hidden=True) if field.one_to_many)
    return [(relation.related_model, relation.field.name) for relation in relations]  # type: ignore[union-attr, misc]


def tables_touched() -> tuple[type[Model], ...]:
    """Return the tables that taking persons away looks through: whatever names a person or a household."""
    others = {model for named in (Resident, Household) for model, _name in naming(named)}
    return (Resident, Household, *sorted(others - {Resident, Household}, key=lambda model: model._meta.label))


def parts_named_by() -> tuple[type[Model], ...]:
    """Return the tables that taking parts away looks through."""
    others = {model for named in (Part, Stair, Building) for model, _name in naming(named)}
    return tuple(sorted(others - {Part, Stair, Building}, key=lambda model: model._meta.label))
