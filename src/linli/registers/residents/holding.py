"""What holds on a day: the half-open from–to of the registry as a condition."""

from datetime import date

from django.db.models import Q


def holds_on(day: date, prefix: str = "") -> Q:
    """Return the condition that a row holds on a day; ``prefix`` is the way to it (``occupancies__``)."""
    begun = Q(**{f"{prefix}from_on__isnull": True}) | Q(**{f"{prefix}from_on__lte": day})
    goes_on = Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gt": day})
    return begun & goes_on
