"""Who may do what about clusters."""

from linli.core.actor import Actor

from ..permissions import COMMITTEE_OR_STREET
from .models import Cluster


def can_make_cluster(actor: Actor, area_path: str) -> bool:
    """Join matters on one cause: committee or street of the place."""
    return actor.function in COMMITTEE_OR_STREET and actor.covers(area_path)


def can_change_cluster(actor: Actor, cluster: Cluster) -> bool:
    """Add to it, note who was told: committee or street of the place."""
    return can_make_cluster(actor, cluster.area_path)


def can_see_hot_issues(actor: Actor) -> bool:
    """What many report: whoever governs, over their areas."""
    return actor.is_governing
