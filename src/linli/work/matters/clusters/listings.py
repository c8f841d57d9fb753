"""Hot issues as a file: what many report, with growth, people affected, likes and places; nobody named."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from .pages import asked_of


def _hot(actor: Actor, query: QueryDict) -> Chosen:
    form, found, since, until = asked_of(actor, query)
    return Chosen(found.issues, [*form_conditions(form), (_("上报日期"), f"{since} — {until}")])


listing_add(
    Listing(
        "hot-issues",
        _("热点"),
        (
            Column(_("反映的事"), lambda row: row.title, width=40),
            Column(_("件数"), lambda row: row.heat.messages, Kind.NUMBER, 8),
            Column(_("上期件数"), lambda row: row.heat.before, Kind.NUMBER, 10),
            Column(_("比上期"), lambda row: row.heat.growth, Kind.NUMBER, 8),
            Column(_("受影响人数"), lambda row: row.heat.affected, Kind.NUMBER, 12),
            Column(_("反映人数"), lambda row: row.heat.people, Kind.NUMBER, 10),
            Column(_("也遇到的人数"), lambda row: row.heat.likes, Kind.NUMBER, 12),
            Column(_("在哪里"), lambda row: "；".join(f"{name} {n}" for name, n in row.places), width=40),
            Column(_("最早"), lambda row: row.first_at, Kind.INSTANT, 17),
            Column(_("最近"), lambda row: row.last_at, Kind.INSTANT, 17),
            Column(_("在办件数"), lambda row: row.open_count, Kind.NUMBER, 10),
        ),
        _hot,
    )
)
