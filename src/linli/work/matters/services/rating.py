"""Answers about a closed matter: asked for by a single-use link, kept once a round; asking to reopen."""

import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.crypto import blind_index
from linli.core.errors import Conflict, Expired
from linli.core.service import require_service, service
from linli.core.words import in_house_language
from linli.foundation.duties.calendar import limit_due
from linli.foundation.notices.services import notice_queue

from ..models import HandlingRequest, Matter, Rating, RatingLink, Way
from ..permissions import can_ask_reopen, is_never_public, is_reporter
from ..refusals import invalid_if
from ..satisfaction.rules import Said, reasons_for, reopen_words, said_refusals
from ..wording import instant_words
from ..workflow import State
from .steps import May, Step, step_begin
from .texts import text_limited, text_required

TOKEN_BYTES = 16


@require_service
def rating_links_open(*, step: Step) -> None:
    """Send each reporter of a matter that closes a link to the three questions, good once."""
    for matter in [step.matter, *step.matter.merged.all()]:
        if matter.reporter_id is not None:
            _link_send(step, matter)


@require_service
def rating_links_end(*, step: Step) -> None:
    """End the links of this round that nobody has used: the matter is not closed after all."""
    homes = [step.matter.pk, *step.matter.merged.values_list("pk", flat=True)]
    rows = RatingLink.objects.filter(matter__in=homes, used_at__isnull=True, expires_at__gt=step.at)
    for link in rows.filter(made_at=step.matter.closed_at or step.at):
        link.expires_at = step.at
        step.save_row(link, "expires_at")


def _link_send(step: Step, matter: Matter) -> None:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    until = step.due("rating_link")
    link = RatingLink(
        matter=matter,
        round=step.matter.round,
        key_index=blind_index("rating_link", token),
        made_at=step.at,
        expires_at=until.at,
    )
    step.save_row(link)
    with in_house_language():
        title = "有一件事请您评价" if is_never_public(matter) else "事情办结了，请您评价"
        notice_queue(
            person_ids=[matter.reporter_id or 0],
            kind="matter.rate_ask",
            title=f"{title}({matter.number})",
            body=f"三个问题，不用登录。链接{instant_words(until.at)}前有效，只能用一次。",
            url=f"/r/{token}/",
        )


@require_service
def rating_keep(*, step: Step, said: Said, way: Way) -> Rating:
    """Keep what a reporter answered, once a round of the matter that theirs is, or was merged into."""
    home = step.matter.merged_into or step.matter
    if home.state != State.CLOSED:
        raise Conflict(_("并入的那一件（%(number)s）办结后就可以评价。") % {"number": home.number})
    category = step.matter.category
    parent = category.parent.code if category and category.parent else ""
    invalid_if(said_refusals(said, reasons_for(category.code if category else "", parent)))
    is_own = way in (Way.HERE, Way.LINK)
    rating = Rating(
        matter=step.matter,
        round=home.round,
        was_contacted=said.was_contacted,
        was_solved=said.was_solved,
        was_satisfied=said.was_satisfied,
        reasons=list(said.reasons),
        comment=text_limited(value=said.comment, name="comment"),
        way=way,
        asked_by_id=None if is_own else step.actor.person_id,
        rated_at=step.at,
        rated_by_id=step.matter.reporter_id,
    )
    try:
        with transaction.atomic():
            step.save_row(rating)
    except IntegrityError as error:
        raise Conflict(_("这件事您已经评价过了，谢谢。")) from error
    step.facts.update(
        was_contacted=said.was_contacted, was_solved=said.was_solved, was_satisfied=said.was_satisfied
    )
    step.facts.update(way=str(way), reasons=list(said.reasons))
    return rating


@require_service
def unhappiness_file(*, actor: Actor, rating: Rating, said: Said) -> None:
    """Ask the street to take the matter up again, where the answer was unhappy and that was wanted."""
    if not (said.wants_reopen and said.is_unhappy):
        return
    home_id = rating.matter.merged_into_id or rating.matter_id
    reopen_file(
        actor=actor,
        matter_id=home_id,
        reason=reopen_words(said),
        may=lambda who, matter: True,  # whoever may answer may ask
        scope=Matter.objects.filter(pk=home_id),
    )


@require_service
def reopen_file(
    *, actor: Actor, matter_id: int, reason: str, may: May, scope: QuerySet[Matter] | None = None
) -> Matter:
    """Put before the street, within the window, that a closed matter be opened again."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="ask_reopen", may=may, is_versioned=False, scope=scope
    )
    matter = step.matter
    window = limit_due(matter.closed_at or step.at, step.clock("reopen_window").limit)
    if step.at > window.at:
        raise Expired(
            _("申请重办的期限（%(at)s）已过。") % {"at": instant_words(window.at)},
            hint=_("如果又发生了，请重新反映一次。"),
        )
    request = HandlingRequest(
        matter=matter,
        kind=HandlingRequest.Kind.REOPEN,
        reason=text_required(value=reason, name="reason", words=_("请写明为什么要重办。")),
        asked_at=step.at,
        asked_by_id=actor.person_id,
        asked_unit_id=actor.unit_id,
    )
    step.save_row(request)
    return step.finish("reopen_ask", note=request.reason)


@service(idempotent=True)
def matter_rate(
    *,
    actor: Actor,
    matter_id: int,
    was_contacted: bool,
    was_solved: bool,
    was_satisfied: bool,
    reasons: Sequence[str] = (),
    comment: str = "",
    wants_reopen: bool = False,
) -> Matter:
    """Say after closing: contacted? solved? satisfied? Once a round; unhappy, ask to have it done again.

    The reporter of a merged matter rates their own matter once the one it was merged into has closed.
    """
    step = step_begin(actor=actor, matter_id=matter_id, move="rate", may=is_reporter, is_versioned=False)
    said = Said(was_contacted, was_solved, was_satisfied, tuple(reasons), comment, wants_reopen)
    rating = rating_keep(step=step, said=said, way=Way.HERE)
    matter = step.finish("rate", note=rating.comment)
    unhappiness_file(actor=actor, rating=rating, said=said)
    return matter


@service(idempotent=True)
def reopen_ask(*, actor: Actor, matter_id: int, reason: str) -> Matter:
    """Ask, within the window, to open a closed matter again: its reporter or another affected.

    The reporter of a merged matter asks for the one it was merged into.
    """
    merged = Matter.objects.visible_to(actor).filter(pk=matter_id, state=State.MERGED)
    home_id = merged.values_list("merged_into_id", flat=True).first() or matter_id
    return reopen_file(
        actor=actor,
        matter_id=home_id,
        reason=reason,
        may=can_ask_reopen,
        scope=Matter.objects.known_to(actor),
    )
