"""Hot issues and clusters as files: what many report, with growth, people and places; nobody named."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from .models import Cluster
from .pages import asked_of, clusters_asked


def state_words(row: Cluster) -> str:
    """Return in words where a cluster stands: as its head does, until it is dissolved."""
    return str(_("已解散")) if row.dissolved_at else str(row.head.get_state_display())


def _hot(actor: Actor, query: QueryDict) -> Chosen:
    form, found, since, until = asked_of(actor, query)
    return Chosen(found.issues, [*form_conditions(form), (_("上报日期"), f"{since} — {until}")])


def _clusters(actor: Actor, query: QueryDict) -> Chosen:
    form, rows = clusters_asked(actor, query)
    return Chosen(rows, form_conditions(form))


listing_add(
    Listing(
        "clusters",
        _("一案多回执"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("共同的事"), lambda row: row.title, width=40),
            Column(_("状态"), state_words, width=12),
            Column(_("回执"), lambda row: row.count, Kind.NUMBER, 8),
            Column(_("办理的事项编号"), lambda row: row.head.number, width=16),
            Column(_("合并时间"), lambda row: row.made_at, Kind.INSTANT, 17),
        ),
        _clusters,
        page="clusters:list",
    ),
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
    ),
)
