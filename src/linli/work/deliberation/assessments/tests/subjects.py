"""What the access table speaks of: an assessment that somebody has entered and nobody has compared yet."""

from typing import Any

from linli.core import clock
from linli.foundation.places.selectors import Place
from linli.work.deliberation.assessments.rules import Marks
from linli.work.deliberation.assessments.services import assessment_enter
from linli.work.deliberation.bodies.services import Declaration, MemberEntry, body_found, member_join
from tests.people import Cast


def assessments(cast: Cast) -> dict[str, Any]:
    """An assessment of the committee that its administrator entered and nobody has compared yet."""
    actor, today = cast.actor("worker"), clock.today()
    where = Place(cast.places["committee_a_place"], "chosen")
    body = body_found(
        actor=actor, kind="residents_committee", name="居民委员会", where=where, founded_on=today
    )
    none = Declaration(has=False, is_checked=True)
    entry = MemberEntry(post="chair", name="赵主任", declaration=none)
    member_join(actor=actor, body_id=body.pk, entry=entry, from_on=today)
    marks = {body.members.get().pk: Marks(2, 1, 0)}
    entered = assessment_enter(
        actor=actor, body_id=body.pk, held_on=today, composition=3, attendees=3, marks=marks
    )
    return {"assessment": entered.public_id}
