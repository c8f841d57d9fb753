"""Naming candidates, standing oneself, relatives, and publishing the list."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, invalid, invalid_if
from linli.core.service import changes_of, record, require_service, service
from linli.registers.residents.models import Resident
from linli.registers.residents.sealing import sealed_get

from ...ballots.services.steps import text_required
from ...bodies.kinds import Declaration, declaration_faults, kind_elected
from ...law import rule_of
from ..models import Candidate, Election, Nomination, Post, RelationNote
from ..permissions import can_run_election
from ..rules import fault_of, list_refusal, nominators_needed
from ..selectors import related_pairs, standings
from .steps import duty_done, election_begin, election_move, resident_seen, voter_of

LIVE = (Candidate.State.NAMED, Candidate.State.STANDING, Candidate.State.ELECTED)


@service(idempotent=True)
def candidate_propose(
    *, actor: Actor, election_id: UUID, post: int, resident_id: UUID, document: str, about: str = ""
) -> Candidate:
    """Write down a candidate whom the party organisation names, with its document."""
    election = _naming(actor, election_id, by_voter=False)
    paper = text_required(
        value=document, name="document", words=_("请写明党组织提名的文件或会议。"), most=120
    )
    resident = resident_seen(actor=actor, resident_id=resident_id)
    return _named(election, post, resident, Candidate.How.PARTY, "propose", document=paper, about=about)


@service(idempotent=True)
def candidate_offer(*, actor: Actor, election_id: UUID, post: int, about: str = "") -> Candidate:
    """Stand oneself; ten voters together must then name one."""
    election = _naming(actor, election_id, by_voter=True)
    resident = voter_of(actor=actor, area_path=election.area_path)
    given = {"about": about, "agreed_at": clock.now()}
    return _named(election, post, resident, Candidate.How.VOTERS, "offer", **given)


def _naming(actor: Actor, election_id: UUID, *, by_voter: bool) -> Election:
    election = election_begin(actor=actor, election_id=election_id, move="propose", by_voter=by_voter)
    if clock.today() > election.nominations_until:
        raise Conflict(_("提名已经截止。"))
    return election


def _named(
    election: Election, order: int, resident: Resident, how: str, verb: str, **more: object
) -> Candidate:
    post = Post.objects.filter(election=election, order=order).first()
    if post is None:
        raise invalid(post=_("请选择职务。"))
    if not resident.area_path.startswith(election.area_path):
        raise invalid(resident=_("这个人不在这次选举的范围内。"))
    if Candidate.objects.filter(election=election, resident=resident, state__in=LIVE).exists():
        raise Conflict(_("这个人已经是候选人，一个人只能列为一个职务的候选人。"))
    name = sealed_get(resident, "name")
    if not name:
        raise invalid(resident=_("这个人的登记没有姓名，请先补登。"))
    last = Candidate.objects.filter(election=election).aggregate(last=Max("number"))["last"] or 0
    candidate = Candidate.objects.create(
        election=election,
        post=post,
        number=last + 1,
        resident=resident,
        name=name,
        is_woman=resident.sex == Resident.Sex.FEMALE,
        how=how,
        named_at=clock.now(),
        **{key: value[:300] if isinstance(value, str) else value for key, value in more.items()},
    )
    record(f"candidate.{verb}", candidate)
    return candidate


@require_service
def candidate_begin(*, actor: Actor, candidate_id: UUID, move: str, by_voter: bool = False) -> Candidate:
    """Return a candidate who is still one, the election locked for a move."""
    row = Candidate.objects.filter(public_id=candidate_id).select_related("election").first()
    if row is None:
        raise NotFound(_("没有找到这位候选人。"))
    election = election_begin(actor=actor, election_id=row.election.public_id, move=move, by_voter=by_voter)
    candidate = Candidate.objects.select_for_update(of=("self",)).get(pk=row.pk)
    candidate.election = election
    if candidate.state not in LIVE:
        raise Conflict(_("这位候选人的状态是「%s」。") % candidate.get_state_display())
    return candidate


@service(idempotent=True)
def candidate_support(*, actor: Actor, candidate_id: UUID, resident_ids: Iterable[UUID] = ()) -> Candidate:
    """Name a candidate together with others: a voter for themselves, an organiser from a signed paper."""
    on_paper = list(resident_ids)
    candidate = candidate_begin(actor=actor, candidate_id=candidate_id, move="propose", by_voter=not on_paper)
    if clock.today() > candidate.election.nominations_until:
        raise Conflict(_("提名已经截止。"))
    path = candidate.election.area_path
    if on_paper:
        voters = [resident_seen(actor=actor, resident_id=one) for one in dict.fromkeys(on_paper)]
    else:
        voters = [voter_of(actor=actor, area_path=path)]
    _supported(candidate, voters, actor if on_paper else None)
    record("candidate.support", candidate, touched=[Nomination])
    return candidate


def _supported(candidate: Candidate, voters: list[Resident], taken_by: Actor | None) -> None:
    if any(voter.pk == candidate.resident_id for voter in voters):
        raise invalid(resident=_("不能提名自己，请由其他选民联名。"))
    if not all(voter.area_path.startswith(candidate.election.area_path) for voter in voters):
        raise invalid(resident=_("联名的人要是本次选举的选民。"))
    if Nomination.objects.filter(candidate=candidate, resident__in=voters).exists():
        raise Conflict(_("这位选民已经提名过这个人，同一位选民对同一个人只能提名一次。"))
    Nomination.objects.bulk_create(
        Nomination(
            candidate=candidate,
            resident=voter,
            at=clock.now(),
            taken_by_id=taken_by.person_id if taken_by else None,
        )
        for voter in voters
    )


@service(idempotent=True)
def candidate_agree(*, actor: Actor, candidate_id: UUID) -> Candidate:
    """Write down that a candidate agrees to stand: they themselves, or the organiser from a signed paper."""
    candidate = _own_or_run(actor, candidate_id, "propose")
    if candidate.agreed_at is not None:
        raise Conflict(_("已经登记过本人同意。"))
    record("candidate.agree", candidate, changes_of(candidate, agreed_at=clock.now()))
    return candidate


@service(idempotent=True)
def candidate_declare(*, actor: Actor, candidate_id: UUID, declaration: Declaration) -> Candidate:
    """Write down, as the organiser who checked the signed paper, what a candidate declares of near relatives.

    Refused where the law keeps somebody with such relatives out of the body; who it is goes at the end.
    """
    candidate = candidate_begin(actor=actor, candidate_id=candidate_id, move="settle")
    kind = kind_elected(candidate.election.rule_key)
    if kind is None or kind.relatives is None:
        raise Conflict(_("这次选举不用登记近亲属声明。"))
    invalid_if(declaration_faults(kind, declaration))
    after = {
        "has_relatives": declaration.has,
        "relatives_whom": declaration.whom.strip()[:100] if declaration.has else "",
        "relatives_checked_by_id": actor.person_id,
    }
    record("candidate.declare", candidate, changes_of(candidate, **after))
    return candidate


def _own_or_run(actor: Actor, candidate_id: UUID, move: str) -> Candidate:
    candidate = candidate_begin(actor=actor, candidate_id=candidate_id, move=move, by_voter=True)
    if can_run_election(actor, candidate.election):
        return candidate
    if voter_of(actor=actor, area_path=candidate.election.area_path).pk != candidate.resident_id:
        raise NotAllowed(_("只有本人或组织单位能办理。"))
    return candidate


@service(idempotent=True)
def candidate_end(*, actor: Actor, candidate_id: UUID, reason: str) -> Candidate:
    """Withdraw as a candidate, or take one off as the organiser, with the reason; enough must remain."""
    candidate = _own_or_run(actor, candidate_id, "withdraw")
    why = text_required(value=reason, name="reason", words=_("请写明原因。"), most=200)
    is_own = not can_run_election(actor, candidate.election)
    state = Candidate.State.WITHDRAWN if is_own else Candidate.State.STRUCK
    verb = "withdraw" if is_own else "strike"
    record(f"candidate.{verb}", candidate, changes_of(candidate, state=state, reason=why))
    return candidate


@service
def relation_settle(*, actor: Actor, election_id: UUID, first: int, second: int, note: str) -> RelationNote:
    """Write down what becomes of two candidates whom the registry shows as near relatives (numbers)."""
    election = election_begin(actor=actor, election_id=election_id, move="settle")
    pair = next(
        (p for p in related_pairs(election) if {p.first.number, p.second.number} == {first, second}), None
    )
    if pair is None:
        raise invalid(pair=_("这两位候选人没有登记为近亲属。"))
    said = text_required(value=note, name="note", words=_("请写明核实的情况和处理意见。"), most=300)
    one, other = sorted((pair.first, pair.second), key=lambda row: row.pk)
    relation, _made = RelationNote.objects.update_or_create(
        first=one,
        second=other,
        defaults={"election": election, "note": said, "at": clock.now(), "by_id": actor.person_id},
    )
    record("relation.settle", relation, touched=[RelationNote])
    return relation


def _declared(election: Election, fit: set[int]) -> None:
    """Refuse a list on which somebody has not declared what the law asks about near relatives."""
    kind = kind_elected(election.rule_key)
    if kind is None or kind.relatives is None or not kind.relatives.forbids:
        return
    rows = election.candidates.filter(number__in=fit, has_relatives__isnull=True)
    if missing := list(rows.order_by("number").values_list("number", flat=True)):
        numbers = "、".join(f"{number}号" for number in missing)
        raise Conflict(
            _("还没有登记近亲属声明的候选人：%s。") % numbers, hint=_("请核对本人签字的声明，逐个登记。")
        )


@service
def candidates_publish(*, actor: Actor, election_id: UUID, version: int | None = None) -> Election:
    """Publish the list once naming is over: who lacks names or consent is left off with the reason.

    More candidates than seats; a woman where the law asks for one; near relatives settled.
    """
    election = election_begin(actor=actor, election_id=election_id, move="list", version=version)
    if clock.today() <= election.nominations_until:
        day = election.nominations_until
        raise Conflict(_("提名到%(m)d月%(d)d日为止，期满以后才能公布。") % {"m": day.month, "d": day.day})
    rule = rule_of(election.rule_key, election.rule_on)
    found = standings(election)
    faults = {one.number: fault_of(one, nominators_needed(rule)) for one in found}
    posts = {post.order: (post.title, post.seats) for post in election.posts.all()}
    fit = [one for one in found if not faults[one.number]]
    exceed = rule.more_candidates
    if words := list_refusal(posts, fit, must_exceed=exceed, needs_woman=election.needs_woman):
        raise Conflict(words, hint=_("请延长提名，或核对联名人数和本人同意。"))
    _declared(election, {one.number for one in fit})
    if open_pairs := [pair for pair in related_pairs(election) if pair.is_open(fit)]:
        names = "、".join(f"{pair.first.name}与{pair.second.name}" for pair in open_pairs)
        raise Conflict(
            _("近亲属关系还没有处理：%s。") % names, hint=_("请核实后写明处理意见，或请一方退出。")
        )
    for candidate in election.candidates.filter(state=Candidate.State.NAMED):
        why = faults[candidate.number]
        state = Candidate.State.STRUCK if why else Candidate.State.STANDING
        changes_of(candidate, state=state, reason=why)
    duty_done(election=election, action="list", by=actor.person_id)
    return election_move(election=election, move="list", touched=(Candidate,), listed_at=clock.now())
