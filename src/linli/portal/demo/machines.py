"""Other systems of the demo: the hotline that reports, the centre that reads, a department's software."""

from __future__ import annotations

from datetime import timedelta

from linli.core.actor import Scope
from linli.core.clock import today
from linli.foundation.clients.models import Client
from linli.foundation.clients.selectors import actor_of_client
from linli.foundation.clients.services import client_open, token_issue, token_use
from linli.foundation.places.selectors import division_by_code, place_resolve
from linli.work.matters.rules import Origin
from linli.work.matters.services import matter_report

from .cast import STREET
from .life import Stage

# system, its unit, who connects it, what it may do, what its token is for
MACHINES = (
    ("12345热线平台", "city", "city.officer", (Scope.MATTERS_REPORT, Scope.PLACES_READ), "生产环境"),
    ("城运中心大屏", "street", "street.duty", (Scope.MATTERS_READ, Scope.FIGURES_READ), "大屏"),
    ("城管勤务系统", "unit.urban", "street.duty", (Scope.MATTERS_ACT,), "生产环境"),
)
CALLS = (
    "来电人反映小区大门口的路灯连续三晚不亮，希望尽快修复。",
    "来电人反映垃圾房旁边堆放建筑垃圾一周没有清运。",
    "来电人反映楼下早餐店清晨五点开始卸货，声音很大。",
)


def machines_connect(stage: Stage) -> dict[str, Client]:
    """Connect three systems of the street and give each a token that nobody keeps."""
    connected = {}
    for name, unit, who, scopes, label in MACHINES:
        actor = stage.cast[who]
        client = client_open(
            actor=actor,
            unit=stage.units[unit],
            name=name,
            scopes=scopes,
            areas=[division_by_code(STREET)],
            expires_on=today() + timedelta(days=300),
            contact_name="值班电话",
            contact_phone="021-0000-1500",
        )
        token_issue(actor=actor, client=client, label=label)
        connected[name] = client
    return connected


def machines_call(stage: Stage, connected: dict[str, Client]) -> None:
    """Let the hotline hand over today's calls, and every system show that it is in use."""
    for client in connected.values():
        token_use(actor=actor_of_client(client), token=client.tokens.get())
    hotline = actor_of_client(connected["12345热线平台"])
    for number, (words, place) in enumerate(zip(CALLS, stage.places, strict=False), 1):
        matter_report(
            actor=hotline,
            text=words,
            place=place_resolve(compound=place.compound),
            reporter_name="来电人",
            origin=Origin("12345热线", f"SH{today():%Y%m%d}{number:04d}"),
        )
