"""Every write about links of accounts and about codes at the door."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.crypto import blind_index
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.services.rates import rate_check
from linli.foundation.audit.services import look_record
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.notices.services import notice_queue
from linli.foundation.places.models import CODE_LENGTH, Building, Level, Part

from ..models import AccountLink, DoorCode, RegisterEvent, Resident
from ..services.events import event_note
from .permissions import can_decide_link, can_manage_links
from .rules import (
    ALPHABET,
    ANSWER_LIMIT,
    ASKS_OF_ACCOUNT,
    CODE_DAYS,
    CODE_SIGNS,
    MOST_COPIES,
    TRIES_OF_ACCOUNT,
    TRIES_OF_DWELLING,
    Claim,
    claim_checked,
    code_normal,
    sure_match,
)
from .selectors import (
    building_for_codes,
    candidates_of,
    codes_live,
    dwellings_in,
    known_in,
    link_get,
    link_own,
    part_named,
)

ROOM = "residents"
OWN_PAGE = "/me/registry/"
REASON_LENGTH = 200
MOST_DWELLINGS = 400


class CodeAnswer(StrEnum):
    """What came of a code that was entered."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CodeTry:
    """The answer to a code and, where it was right, the link that it made."""

    answer: CodeAnswer
    link: AccountLink | None = None


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A fresh code for a dwelling, in clear this once: it is printed and kept nowhere."""

    part: Part
    code: str


def _own(actor: Actor) -> int:
    if actor.person_id is None or actor.deputy_for is not None or not actor.is_signed_in:
        raise NotAllowed(_("只能由本人办理。"), hint=_("请用本人的手机号登录。"))
    return actor.person_id


def _reason(text: str) -> str:
    plain = text.strip()
    if not 0 < len(plain) <= REASON_LENGTH:
        words = _("请写明理由，最多%(n)d个字；本人会看到。") % {"n": REASON_LENGTH}
        raise InvalidInput(words, details={"reason": words})
    return plain


def _duty_open(link: AccountLink) -> None:
    """Put the comparison on the list of the committee, or of the street where no committee is confirmed."""
    is_committee = len(link.area_path.rstrip("/").split("/")[-1]) >= CODE_LENGTH[Level.COMMITTEE]
    duty_open(
        room=ROOM,
        subject_id=str(link.public_id),
        subject_number="",
        title="有居民请求关联到居民登记",
        url=f"/desk/residents/links/{link.public_id}/",
        action="confirm_link",
        action_label=_("核对身份并关联"),
        area_path=link.area_path,
        limit=ANSWER_LIMIT,
        function=Function.COMMITTEE if is_committee else Function.STREET,
    )


def _event(verb: str, link: AccountLink, actor: Actor, reason: str = "") -> None:
    """Put an act into the history of the person and the dwelling."""
    event_note(
        actor=actor,
        verb=verb,
        area_path=link.area_path,
        resident=link.resident,
        part=link.part,
        fields=["account"],
        reason=reason,
    )


def _tell(link: AccountLink, title: str, kind: str) -> None:
    notice_queue(person_ids=[link.person_id], kind=kind, title=title, url=OWN_PAGE, purpose="lawful")


def _end(link: AccountLink, actor: Actor, verb: str, reason: str) -> AccountLink:
    changes = changes_of(link, state=AccountLink.State.ENDED, ended_at=clock.now(), reason=reason, claim="")
    duty_close(room=ROOM, subject_id=str(link.public_id), by=actor.person_id, state="cancelled")
    _event(verb, link, actor, reason)
    record(verb, link, changes, touched=[RegisterEvent])
    return link


def _locked(link: AccountLink | None) -> AccountLink:
    if link is None:
        raise NotFound(_("没有找到这条账号关联。"))
    rows = AccountLink.objects.select_for_update(of=("self",)).select_related("part")
    locked: AccountLink = rows.get(pk=link.pk)
    return locked


@service(idempotent=True)
def link_ask(
    *,
    actor: Actor,
    name: str,
    last_four: str = "",
    birth: date | None = None,
    part_id: UUID | str | None = None,
) -> AccountLink:
    """Ask a worker which person of the register one is; after a code, which of its dwelling."""
    person_id, now = _own(actor), clock.now()
    claim = claim_checked(name, last_four, birth, clock.today()).as_text()
    rate_check(limits=[ASKS_OF_ACCOUNT], key=f"link:{person_id}")
    link = link_own(actor)
    if link is None:
        part = part_named(part_id or "")
        link = AccountLink.objects.create(
            person_id=person_id,
            part=part,
            area_path=part.area_path,
            how=AccountLink.How.WORKER,
            claim=claim,
            asked_at=now,
        )
        record("link.ask", link)
    elif link.resident_id is not None or link.claim:
        raise Conflict(_("您已经关联，或已有一份申请在核对。"), hint=_("要换人或换房屋，请先解除或撤回。"))
    else:
        link = _locked(link)
        record("link.ask", link, changes_of(link, claim=claim, asked_at=now))
    _duty_open(link)
    return link


@service
def door_code_enter(
    *,
    actor: Actor,
    code: str,
    part_id: UUID | str | None = None,
    name: str = "",
    last_four: str = "",
    birth: date | None = None,
) -> CodeTry:
    """Enter the code that was posted to one's dwelling, with one's name and day of birth or without.

    A wrong code is an answer, not an error: the try must be counted. With a name that surely is one of the
    dwelling's people the link is complete (L2); without a name it says where the person lives (L1); with a
    name in doubt it says so and a worker compares.
    """
    person_id, plain = _own(actor), code_normal(code)
    said = bool(name.strip() or last_four.strip() or birth)
    claim = claim_checked(name, last_four, birth, clock.today()) if said else Claim()
    if link_own(actor) is not None:
        raise Conflict(_("您已经关联，或已有一份申请在核对。"), hint=_("要换房屋，请先解除或撤回。"))
    rate_check(limits=[TRIES_OF_ACCOUNT], key=f"door:{person_id}")
    if part_id is not None:
        rate_check(limits=[TRIES_OF_DWELLING], key=f"door:part:{part_named(part_id).public_id}")
    found = DoorCode.objects.select_for_update().filter(code_index=blind_index("door", plain)).first()
    answer = _answer(found, part_id)
    if found is None or answer != CodeAnswer.RIGHT:
        return CodeTry(answer)
    record("door_code.use", found, changes_of(found, used_at=clock.now(), used_by_id=person_id))
    return CodeTry(answer, _link_by_code(actor, person_id, found.part, claim))


def _answer(code: DoorCode | None, part_id: UUID | str | None) -> CodeAnswer:
    if code is None or (part_id is not None and str(code.part.public_id) != str(part_id)):
        return CodeAnswer.WRONG
    if code.used_at is not None:
        return CodeAnswer.USED
    is_over = code.voided_at is not None or code.expires_at <= clock.now() or code.part.closed_on is not None
    return CodeAnswer.EXPIRED if is_over else CodeAnswer.RIGHT


def _link_by_code(actor: Actor, person_id: int, part: Part, claim: Claim) -> AccountLink:
    now, text = clock.now(), claim.as_text()
    sure = sure_match(claim, known_in(part), clock.today()) if text else None
    link = AccountLink.objects.create(
        person_id=person_id,
        part=part,
        resident_id=sure.resident_id if sure else None,
        area_path=part.area_path,
        how=AccountLink.How.CODE,
        state=AccountLink.State.STANDING,
        claim="" if sure else text,
        asked_at=now,
        decided_at=now,
    )
    _event("link.code", link, actor)
    record("link.code", link, touched=[RegisterEvent])
    if link.claim:
        _duty_open(link)
    return link


def _for_decision(actor: Actor, link_id: UUID | str) -> AccountLink:
    link = _locked(link_get(actor, link_id))
    if not can_decide_link(actor, link):
        raise NotAllowed(_("这份申请不由您核对。"), hint=_("由房屋所在居委会或街镇的另一位工作人员办理。"))
    is_waiting = link.state == AccountLink.State.ASKED or (
        link.state == AccountLink.State.STANDING and link.claim
    )
    if not is_waiting:
        raise Conflict(_("这份申请已经办结。"))
    return link


@service
def link_reveal(*, actor: Actor, link_id: UUID | str) -> AccountLink:
    """Show what somebody says of themselves beside the people of the dwelling; recorded, and each sees it."""
    link = _for_decision(actor, link_id)
    purpose = "核对登记"
    look_record(actor=actor, subject=link, fields=["claim"], purpose=purpose, about_id=link.person_id)
    for one in candidates_of(link):
        look_record(
            actor=actor,
            subject=one.resident,
            fields=["name", "number"],
            purpose=purpose,
            about_id=_account_of(one.resident),
        )
    return link


def _account_of(resident: Resident) -> int | None:
    standing = AccountLink.objects.standing().filter(resident=resident)
    return standing.values_list("person_id", flat=True).first()


@service
def link_confirm(*, actor: Actor, link_id: UUID | str, resident_id: UUID | str) -> AccountLink:
    """Confirm that an account's holder is one person of the dwelling; from now on they see what is held."""
    link = _for_decision(actor, link_id)
    meant = [one for one in candidates_of(link) if str(one.resident.public_id) == str(resident_id)]
    if not meant:
        words = _("请选择这套房屋里的一个人；登记里没有的，先登记再关联。")
        raise InvalidInput(words, details={"resident": words})
    if meant[0].refusal:
        raise Conflict(_("不能关联：%(why)s。") % {"why": meant[0].refusal})
    changes = changes_of(
        link,
        resident_id=meant[0].resident.pk,
        state=AccountLink.State.STANDING,
        claim="",
        decided_at=clock.now(),
        decided_by_id=actor.person_id,
        reason="",
    )
    duty_close(room=ROOM, subject_id=str(link.public_id), by=actor.person_id)
    _event("link.confirm", link, actor)
    record("link.confirm", link, changes, touched=[RegisterEvent])
    _tell(link, "您的账号已关联到居民登记", "link.confirm")
    return link


@service
def link_refuse(*, actor: Actor, link_id: UUID | str, reason: str) -> AccountLink:
    """Refuse with a reason that the person reads; who entered a code stays known to live in the dwelling."""
    link, words = _for_decision(actor, link_id), _reason(reason)
    after: dict[str, Any] = {"claim": "", "reason": words, "decided_by_id": actor.person_id}
    if link.state == AccountLink.State.ASKED:
        after |= {"state": AccountLink.State.REFUSED, "decided_at": clock.now()}
    changes = changes_of(link, **after)
    duty_close(room=ROOM, subject_id=str(link.public_id), by=actor.person_id)
    record("link.refuse", link, changes)
    _tell(link, "您的关联申请没有通过", "link.refuse")
    return link


@service
def link_end(*, actor: Actor) -> AccountLink:
    """Withdraw one's request, or untie one's account from the register."""
    _own(actor)
    return _end(_locked(link_own(actor)), actor, "link.end", "本人解除")


@service
def link_cut(*, actor: Actor, link_id: UUID | str, reason: str) -> AccountLink:
    """Untie somebody's account from the register with a reason that they read."""
    link, words = _locked(link_get(actor, link_id)), _reason(reason)
    if not can_decide_link(actor, link):
        raise NotAllowed(_("这条关联不由您解除。"))
    if link.state != AccountLink.State.STANDING:
        raise Conflict(_("这条关联已经解除。"))
    _end(link, actor, "link.cut", words)
    _tell(link, "您的账号与居民登记的关联已解除", "link.cut")
    return link


@service
def link_settle(*, actor: Actor, link_id: int, resident_id: int | None) -> AccountLink:
    """Let a link follow the register: to the registration that a double was merged into, or to its end."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    link = _locked(AccountLink.objects.filter(pk=link_id).first())
    if link.state != AccountLink.State.STANDING:
        raise Conflict()
    taken = AccountLink.objects.standing().filter(resident_id=resident_id).exclude(pk=link.pk)
    if resident_id is None or taken.exists():
        return _end(link, actor, "link.follow", "登记已变更，关联随之结束")
    changes = changes_of(link, resident_id=resident_id)
    record("link.follow", link, changes)
    return link


@service
def door_codes_make(
    *, actor: Actor, building_id: UUID | str, copies: int = 1, part_id: UUID | str | None = None
) -> list[MadeCode]:
    """Make codes for every dwelling of a building (or one); codes not yet used stop being good.

    Returned in clear this once, to be printed; only keyed digests are kept. ``copies`` is how many for each.
    """
    building, parts = _dwellings(actor, building_id, part_id)
    maker = actor.person_id
    if maker is None:
        raise NotAllowed()
    if not 1 <= copies <= MOST_COPIES:
        words = _("每套房屋可做1到%(n)d个码。") % {"n": MOST_COPIES}
        raise InvalidInput(words, details={"copies": words})
    _void(codes_live(part.pk for part in parts))
    made = [MadeCode(part, _fresh()) for part in parts for _copy in range(copies)]
    now = clock.now()
    DoorCode.objects.bulk_create(
        DoorCode(
            part=one.part,
            code_index=blind_index("door", one.code),
            area_path=one.part.area_path,
            made_at=now,
            made_by_id=maker,
            unit_id=actor.unit_id,
            expires_at=now + timedelta(days=CODE_DAYS),
        )
        for one in made
    )
    record("door_code.make", building, touched=[DoorCode])
    return made


@service
def door_codes_void(*, actor: Actor, building_id: UUID | str, part_id: UUID | str | None = None) -> int:
    """Make the unused codes of a building (or of one dwelling) worthless; returns how many."""
    building, parts = _dwellings(actor, building_id, part_id)
    count = _void(codes_live(part.pk for part in parts))
    if count:
        record("door_code.void", building, touched=[DoorCode])
    return count


def _dwellings(
    actor: Actor, building_id: UUID | str, part_id: UUID | str | None
) -> tuple[Building, list[Part]]:
    if not can_manage_links(actor):
        raise NotAllowed(_("入户码由居委会或街镇工作人员制作。"))
    building = building_for_codes(actor, building_id)
    wanted = Q(public_id=part_id) if part_id else Q()
    parts = list(dwellings_in(building).filter(wanted))
    if not parts:
        raise NotFound(_("这个楼栋没有登记住宅。"), hint=_("请先在“房屋”里登记室号。"))
    if len(parts) > MOST_DWELLINGS:
        raise InvalidInput(_("一次最多做%(n)d套房屋的码。") % {"n": MOST_DWELLINGS})
    return building, parts


def _fresh() -> str:
    return "".join(secrets.choice(ALPHABET) for _sign in range(CODE_SIGNS))


def _void(codes: Any) -> int:
    return int(codes.update(voided_at=clock.now())) if codes.exists() else 0
