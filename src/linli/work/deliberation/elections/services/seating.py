"""Those elected enter the body for which they stood."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, invalid
from linli.core.service import service

from ...bodies.models import Body, Member
from ...bodies.services import MemberEntry, member_join, term_begin
from ..models import Candidate, Election, Round
from ..selectors import seatable_bodies
from .steps import election_begin, election_move


@service
def elected_seat(
    *, actor: Actor, election_id: UUID, body_id: UUID, from_on: date, begins_term: bool
) -> Election:
    """Enter everybody elected as members of a body from a day on: as its next term, or into the present one.

    Raises ``InvalidInput`` where the body knows no such post, or the day is before the election was over.
    """
    election = election_begin(actor=actor, election_id=election_id, move="seat")
    if election.seated_on is not None:
        raise Conflict(_("当选的人已经登记过。"), hint=_("成员有变动的，请在“组织”里登记。"))
    if election.concluded_at and from_on < clock.local_date(election.concluded_at):
        raise invalid(from_on=_("任职日期不能早于选举结束。"))
    body = next((one for one in seatable_bodies(election) if one.public_id == body_id), None)
    if body is None:
        raise invalid(body=_("请选择当地的一个组织。"))
    entries = _entries(election, body)
    if begins_term:
        term_begin(actor=actor, body_id=body.pk, begins_on=from_on, members=entries)
    else:
        for entry in entries:
            member_join(actor=actor, body_id=body.pk, entry=entry, from_on=from_on)
    return election_move(election=election, move="seat", seated_on=from_on, touched=(Body, Member))


def _entries(election: Election, body: Body) -> list[MemberEntry]:
    elected = election.candidates.filter(state=Candidate.State.ELECTED).select_related("post", "resident")
    if not elected:
        raise Conflict(_("没有人当选，不用登记。"))
    codes = {name: code for code, name in body.what.posts}
    unknown = sorted({row.post.title for row in elected} - set(codes))
    if unknown:
        words = _("%(body)s没有“%(post)s”这个职务，它的职务有：%(posts)s。请在“组织”里逐个登记。")
        said = {"body": body.name, "post": "、".join(unknown), "posts": "、".join(codes)}
        raise invalid(body=words % said)
    ballots = dict(Round.objects.filter(election=election).values_list("number", "ballot__public_id"))
    return [
        MemberEntry(
            post=codes[row.post.title],
            resident_id=row.resident_id,
            is_woman=row.is_woman,
            ballot=ballots.get(row.round or 0),
        )
        for row in elected
    ]
