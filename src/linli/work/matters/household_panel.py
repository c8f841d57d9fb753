"""What a household's card shows of matters: those reported at its address that the actor may see."""

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.places.models import Part
from linli.registers.residents.models import Household
from linli.registers.residents.panels import Panel, PanelRow

from .models import Matter

MOST = 5


def matters_panel(actor: Actor, household: Household, part: Part | None) -> Panel:
    """Return the latest matters of the building whose address names the room; who reported is not said."""
    title = _("这里反映过的事项")
    if part is None:
        return Panel(title, ())
    rows = Matter.objects.visible_to(actor).filter(building_id=part.building_id, address__contains=part.name)
    return Panel(
        title,
        [
            PanelRow(
                row.title,
                reverse("matters:record", args=[row.public_id]),
                str(row.get_state_display()),
                row.reported_at,
            )
            for row in rows.order_by("-reported_at", "-id")[:MOST]
        ],
    )
