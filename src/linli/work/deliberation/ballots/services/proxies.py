"""Voting for somebody who cannot come: an elector lets another vote, on paper or before a worker's eyes.

While a proxy stands the holder casts the giver's vote, with the giver's household and area; once the vote is
cast it can no longer be taken back. A secret ballot's holder votes with the giver's paper sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES
from linli.foundation.notices.services import notice_queue
from linli.registers.residents.linking.selectors import resident_linked
from linli.registers.residents.masking import name_masked
from linli.registers.residents.models import AccountLink, Resident
from linli.registers.residents.sealing import sealed_get

from ...law import ProxyFacts, proxy_refusal
from ..models import Ballot, Elector, Proxy, Sheet, Vote
from ..models.roll import STANDING
from ..permissions import can_take_votes
from ..rollsources import OWNERS, is_adult
from ..selectors import allows_proxies, proxies_standing, public_url, rule_kept
from ..standing import stands_in
from .steps import ballot_begin, elector_locked, person_of, text_required

LIVING = (Resident.State.HERE, Resident.State.AWAY)


@service(idempotent=True)
def proxy_give(
    *,
    actor: Actor,
    ballot_id: UUID,
    elector_id: UUID,
    holder_id: UUID,
    how: str,
    document: str,
    scans: Sequence[StoredFile] = (),
) -> Proxy:
    """Take down that an elector lets a person of the register vote for them, as far as the rule allows.

    A paper that was brought comes with its photos; one that is signed here is signed before the worker, who
    has looked at the giver's identity card.
    """
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="proxy", may=can_take_votes)
    giver = elector_locked(ballot=ballot, elector_id=elector_id)
    holder = _holder(actor, ballot, holder_id)
    if how not in Proxy.How.values:
        raise invalid(how=_("请选择委托书是交来的，还是当面签署的。"))
    _paper_checked(how, scans)
    _still_open(ballot, giver, holder)
    if words := proxy_refusal(rule_kept(ballot).proxies, _facts(ballot, giver, holder, document)):
        raise invalid(holder=words)
    proxy = Proxy.objects.create(
        ballot=ballot,
        giver=giver,
        holder=holder,
        label=name_masked(sealed_get(holder, "name")) or "（姓名未登记）",
        how=how,
        document=text_required(value=document, name="document", words=_("请写明委托书的编号。"), most=120),
        given_at=clock.now(),
        taken_by_id=person_of(actor=actor),
    )
    proxy.scans.set(scans)
    record("proxy.give", proxy, touched=[Proxy.scans.through])
    _both_told(proxy, "委托投票已登记", "受托人可以代投这一票。投票以前，委托人可以撤销。")
    return proxy


def _holder(actor: Actor, ballot: Ballot, holder_id: UUID) -> Resident:
    rows = Resident.objects.visible_to(actor).filter(public_id=holder_id, state__in=LIVING)
    person: Resident | None = rows.first()
    if person is None:
        raise invalid(holder=_("没有找到受托人，请先在“居民”里登记。"))
    if is_adult(person, clock.local_date(ballot.opens_at)) is False:
        raise invalid(holder=_("受托人还没有满18周岁，不能代人投票。"))
    return person


def _paper_checked(how: str, scans: Sequence[StoredFile]) -> None:
    if how == Proxy.How.BROUGHT and not scans:
        raise invalid(photos=_("请拍下交来的委托书，一并上传。"))
    if len(scans) > MAX_FILES:
        raise invalid(photos=_("委托书的照片最多%d张。") % MAX_FILES)
    if any(scan.state != StoredFile.State.READY or not scan.is_photo for scan in scans):
        raise invalid(photos=_("委托书要用照片，请重新拍一张。"))


def _still_open(ballot: Ballot, giver: Elector, holder: Resident) -> None:
    """Refuse where the vote is cast already, or where a proxy would be handed on."""
    proxies = proxies_standing(ballot)
    if has_voted(elector=giver):
        raise Conflict(_("这一票已经投了，不能再委托。"), hint=_("截止前可以改票的，请本人改。"))
    if proxies.filter(giver=giver).exists():
        raise Conflict(_("这位表决人已经委托了别人。"), hint=_("要改委托，请先撤销原来的。"))
    if proxies.filter(giver__resident=holder).exists():
        raise Conflict(_("受托人自己已经委托了别人，不能再接受委托。"))
    if giver.resident_id is not None and proxies.filter(holder=giver.resident_id).exists():
        raise Conflict(_("委托人正受别人委托，不能转委托。"), hint=_("请先撤销他接受的委托。"))


def _facts(ballot: Ballot, giver: Elector, holder: Resident, document: str) -> ProxyFacts:
    """Owners may send anybody of full age; elsewhere only who votes too acts for others."""
    own = Elector.objects.filter(ballot=ballot, resident=holder, state__in=STANDING)
    return ProxyFacts(
        held=proxies_standing(ballot).filter(holder=holder).count(),
        holder_stands=stands_in(ballot, holder),
        giver_on_roll=True,
        holder_on_roll=ballot.electorate in OWNERS or own.exists(),
        has_document=bool(document.strip()),
        is_same=giver.resident_id == holder.pk,
    )


@require_service
def has_voted(*, elector: Elector) -> bool:
    """Whether an elector's vote is cast: named, sealed on the web, or on a sheet that came back."""
    if elector.sealed_choice is not None or Vote.objects.filter(elector=elector).exists():
        return True
    return Sheet.objects.filter(elector=elector, state=Sheet.State.RETURNED).exists()


@service
def proxy_end(*, actor: Actor, ballot_id: UUID, proxy_id: UUID, reason: str = "") -> Proxy:
    """Take a proxy back before the vote is cast: the giver by account, or who works there with a reason."""
    is_resident = actor.function == Function.RESIDENT
    ballot = ballot_begin(
        actor=actor, ballot_id=ballot_id, move="proxy", may=_is_resident if is_resident else can_take_votes
    )
    proxy = proxies_standing(ballot).filter(public_id=proxy_id).select_related("giver").first()
    if proxy is None or (is_resident and not _is_givers(actor, proxy)):
        raise NotFound(_("没有找到这份委托，可能已经撤销。"))
    giver = elector_locked(ballot=ballot, elector_id=proxy.giver.public_id)
    if has_voted(elector=giver):
        raise Conflict(
            _("受托人已经投了这一票，不能再撤销委托。"), hint=_("如有异议，请在结果公布后向组织单位提出。")
        )
    words = _("请写明为什么撤销。")
    given = "委托人本人撤销" if is_resident else reason
    why = text_required(value=given, name="reason", words=words, most=200)
    record("proxy.end", proxy, changes_of(proxy, ended_at=clock.now(), ended_reason=why))
    _both_told(proxy, "委托投票已撤销", "这一票由委托人本人投。")
    return proxy


def _is_resident(actor: Actor, ballot: Ballot) -> bool:
    return actor.person_id is not None


def _is_givers(actor: Actor, proxy: Proxy) -> bool:
    resident = resident_linked(actor.person_id)
    return resident is not None and proxy.giver.resident_id == resident.pk


def _both_told(proxy: Proxy, title: str, body: str) -> None:
    people = [proxy.holder_id, proxy.giver.resident_id]
    links = AccountLink.objects.standing().filter(resident__in=[one for one in people if one])
    said = {"title": f"{title}：{proxy.ballot.title}", "body": body, "url": public_url(proxy.ballot)}
    accounts = links.values_list("person_id", flat=True)
    notice_queue(person_ids=accounts, kind="ballot.proxy", purpose="lawful", **said)


@require_service
def proxy_of_vote(*, ballot: Ballot, elector: Elector, resident: Resident | None) -> Proxy | None:
    """Return the proxy by which an account votes with a row, ``None`` for the elector; refuse who may not."""
    proxy = proxies_standing(ballot).filter(giver=elector).first() if allows_proxies(ballot) else None
    if resident is not None and proxy is not None and proxy.holder_id == resident.pk:
        return proxy
    if resident is None or elector.resident_id != resident.pk:
        raise NotFound(_("名册上没有这位表决人。"))
    if proxy is not None:
        raise Conflict(
            _("您已经委托别人代投这一票。"),
            hint=_("要自己投，请先在表决页面撤销委托；受托人投了以后不能撤销。"),
        )
    return None
