"""Ballot sheets on paper: handed out by number, taken back, keyed in twice, accounted for to the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.codes import code_new, code_plain
from linli.core.errors import Conflict, InvalidInput, invalid
from linli.core.service import changes_of, record, require_service, service

from ..models import Ballot, Box, Channel, Elector, Keying, Sheet, Vote
from ..permissions import can_run_ballot, can_take_votes
from ..rules import sheet_read
from ..selectors import LIVE_SHEETS, questions_asked
from .casting import vote_set
from .steps import ballot_begin, ballot_shared, elector_locked, person_of, sheet_locked, text_required

MOST_SHEETS = 5_000


@service
def sheets_issue(*, actor: Actor, ballot_id: UUID, elector_ids: Sequence[UUID]) -> list[Sheet]:
    """Hand a numbered sheet to each of some electors; whoever has one already is refused.

    In a secret ballot this is final: what the elector sealed on the web is void, and the web is closed to
    them.
    """
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="sheets", may=can_take_votes)
    if not (ballot.takes(Channel.PAPER) or ballot.takes(Channel.BOX)):
        raise Conflict(_("这次表决不用纸质票。"))
    if not 0 < len(elector_ids) <= MOST_SHEETS:
        raise InvalidInput(_("请选择要发票的表决人，一次最多%d位。") % MOST_SHEETS)
    electors = [elector_locked(ballot=ballot, elector_id=key) for key in dict.fromkeys(elector_ids)]
    _none_twice(electors)
    made = _sheets(actor, ballot, electors)
    touched: list[type[Sheet] | type[Elector]] = [Sheet]
    if ballot.is_secret:
        _web_voided(electors)
        touched.append(Elector)
    record("sheet.issue", ballot, touched=touched)
    return made


def _none_twice(electors: Sequence[Elector]) -> None:
    held = Sheet.objects.filter(elector__in=electors, state__in=LIVE_SHEETS).order_by("number")
    numbers = list(held.values_list("number", flat=True)[:5])
    if numbers:
        raise Conflict(
            _("有表决人已经领过票纸（第%s号），没有发出任何票纸。") % "、".join(map(str, numbers)),
            hint=_("要换票，请先把原来的那张作废。"),
        )


def _sheets(actor: Actor, ballot: Ballot, electors: Sequence[Elector]) -> list[Sheet]:
    last = Sheet.objects.filter(ballot=ballot).aggregate(last=Max("number"))["last"] or 0
    used = set(Sheet.objects.filter(ballot=ballot).values_list("code", flat=True))
    rows = []
    for number, elector in enumerate(electors, last + 1):
        code = next(code for code in iter(code_new, "") if code not in used)
        used.add(code)
        rows.append(
            Sheet(
                ballot=ballot,
                number=number,
                code=code,
                elector=elector,
                issued_at=clock.now(),
                issued_by_id=actor.person_id,
            )
        )
    return Sheet.objects.bulk_create(rows)


def _web_voided(electors: Sequence[Elector]) -> None:
    keys = [elector.pk for elector in electors]
    Elector.objects.filter(pk__in=keys).update(sealed_choice=None, voided_web_at=clock.now())


@service
def sheet_return(
    *, actor: Actor, ballot_id: UUID, code: str, box: Box | None = None, remark: str = ""
) -> Sheet:
    """Take a sheet back before the close; a secret one goes into ``box`` when its stub is torn off.

    A sheet of somebody who has voted otherwise replaces that vote where the rule allows changing; elsewhere
    it is refused and to be spoiled.
    """
    ballot = ballot_shared(actor=actor, ballot_id=ballot_id, move="return", may=can_take_votes)
    sheet = sheet_locked(ballot=ballot, code=code_plain(code))
    elector_locked(ballot=ballot, elector_id=sheet.elector.public_id)
    _still_out(sheet)
    if ballot.is_secret and (box is None or box.ballot_id != ballot.pk or box.sealed_at is not None):
        raise invalid(box=_("请选择这张票投进了哪个票箱（封了的箱子不能再投）。"))
    vote = Vote.objects.filter(elector=sheet.elector).first()
    if vote is not None and not ballot.may_change:
        raise Conflict(
            _("这位表决人已经投过票（%(how)s），按规则不能改，这张票不能收。")
            % {"how": vote.get_channel_display()},
            hint=_("请把这张票纸登记为作废。"),
        )
    changes = changes_of(
        sheet,
        state=Sheet.State.RETURNED,
        returned_at=clock.now(),
        returned_to_id=actor.person_id,
        box_id=box.pk if box and ballot.is_secret else None,
        remark=remark.strip()[:200],
    )
    record("sheet.return", sheet, changes)
    return sheet


def _still_out(sheet: Sheet) -> None:
    if sheet.state != Sheet.State.ISSUED:
        raise Conflict(
            _("第%(n)d号票纸已登记为「%(state)s」。")
            % {"n": sheet.number, "state": sheet.get_state_display()},
            hint=_("请核对票码；同一张票不能登记两次。"),
        )


@service
def sheet_spoil(*, actor: Actor, ballot_id: UUID, code: str, remark: str) -> Sheet:
    """Spoil a sheet that was written wrongly or came beside another vote; the elector may get a new one."""
    ballot = ballot_shared(actor=actor, ballot_id=ballot_id, move="reconcile", may=can_take_votes)
    sheet = sheet_locked(ballot=ballot, code=code_plain(code))
    why = text_required(value=remark, name="remark", words=_("请写明为什么作废。"), most=200)
    if sheet.state == Sheet.State.SPOILED or sheet.is_keyed:
        raise Conflict(_("这张票纸已经计入或已经作废，不能再作废。"))
    if ballot.is_secret and sheet.state == Sheet.State.RETURNED:
        raise Conflict(_("无记名票投进票箱以后不能作废：已经分不出是哪一张。"))
    Keying.objects.filter(sheet=sheet).delete()
    changes = changes_of(sheet, state=Sheet.State.SPOILED, remark=why)
    record("sheet.spoil", sheet, changes, touched=[Keying])
    return sheet


@service
def sheets_miss(*, actor: Actor, ballot_id: UUID, codes: Sequence[str] | None = None, remark: str) -> Ballot:
    """Say of sheets that are still out (all of them without ``codes``) that they did not come back."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="reconcile", may=can_run_ballot)
    why = text_required(value=remark, name="remark", words=_("请写明为什么没有收回。"), most=200)
    out = Sheet.objects.filter(ballot=ballot, state=Sheet.State.ISSUED)
    if codes is not None:
        out = out.filter(code__in=[code_plain(code) for code in codes])
    if not out.exists():
        raise Conflict(_("没有还在外面的票纸。"))
    out.update(state=Sheet.State.MISSING, remark=why)
    record("sheet.miss", ballot, touched=[Sheet])
    return ballot


@service
def sheet_key(*, actor: Actor, ballot_id: UUID, code: str, marks: Mapping[str, Sequence[str]]) -> Sheet:
    """Key a returned named sheet in; the second person's reading settles it if it is the same.

    ``marks`` are the choices that are marked on paper, however many. Two readings that differ are both taken
    back (``remark`` says so), and both people key the sheet in anew.
    """
    ballot = ballot_shared(actor=actor, ballot_id=ballot_id, move="key", may=can_take_votes)
    if ballot.is_secret:
        raise Conflict(_("无记名的票不逐张录入，请按票箱清点。"))
    sheet = sheet_locked(ballot=ballot, code=code_plain(code))
    if sheet.state != Sheet.State.RETURNED or sheet.is_keyed:
        raise Conflict(
            _("这张票纸已经录完。") if sheet.is_keyed else _("这张票纸还没有登记收回，不能录入。"),
            hint=_("请核对票码。"),
        )
    read = sheet_read(questions_asked(ballot), marks)
    first = Keying.objects.filter(sheet=sheet).first()
    if first is not None and first.person_id in actor.person_ids:
        raise Conflict(_("这张票您已经录过一遍，第二遍要由另一个人来录。"))
    if first is None:
        Keying.objects.create(sheet=sheet, person_id=person_of(actor=actor), choices=read, at=clock.now())
        record("sheet.key", sheet, touched=[Keying])
        return sheet
    return _second(actor, ballot, sheet, first, read)


def _second(actor: Actor, ballot: Ballot, sheet: Sheet, first: Keying, read: dict[str, list[str]]) -> Sheet:
    if first.choices != read:
        first.delete()
        changes = changes_of(sheet, remark="两遍录入不一致，已清空重录")
        record("sheet.key", sheet, changes, touched=[Keying])
        return sheet
    elector = elector_locked(ballot=ballot, elector_id=sheet.elector.public_id)
    Keying.objects.create(sheet=sheet, person_id=person_of(actor=actor), choices=read, at=clock.now())
    vote_set(
        actor=actor,
        ballot=ballot,
        elector=elector,
        choices=read,
        channel=Channel.PAPER,
        taken_by=first.person_id,
        witness=actor.person_id,
        at=sheet.returned_at,
    )
    record("sheet.key", sheet, changes_of(sheet, is_keyed=True, remark=""), touched=[Keying])
    return sheet


@require_service
def sheets_settled(*, ballot: Ballot) -> None:
    """Refuse to count while a sheet is unaccounted for or not keyed in twice."""
    sheets = Sheet.objects.filter(ballot=ballot)
    if out := sheets.filter(state=Sheet.State.ISSUED).count():
        raise Conflict(
            _("还有%d张票纸没有交代去向，不能计票。") % out,
            hint=_("发出 = 收回 + 作废 + 未收回，请先逐张登记。"),
        )
    if ballot.is_secret:
        return
    if unread := sheets.filter(state=Sheet.State.RETURNED, is_keyed=False).count():
        raise Conflict(
            _("还有%d张收回的票纸没有录完两遍，不能计票。") % unread,
            hint=_("请由另一位同事录第二遍。"),
        )
