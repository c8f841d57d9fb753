"""Reading what belongs together."""

from django.db.models import Q, QuerySet

from .models import Link


def link_list(room: str, id: str) -> QuerySet[Link]:
    """Return the links of a record in both directions, oldest first."""
    return Link.objects.filter(Q(from_room=room, from_id=id) | Q(to_room=room, to_id=id)).order_by(
        "created_at", "id"
    )
