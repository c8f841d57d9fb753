"""The pages of ballots at the desk: the list, a new one by its rule, one ballot and its acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page, kept, whose
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.places.models import Compound
from linli.foundation.ui.forms import DeskForm

from ..bodies.models import Body
from ..law import DecisionRule, periods, rule_of, rules_in_force
from ..law.results import Result
from . import selectors, tallies
from .forms import BallotFilterForm, BallotForm
from .models import Ballot, Channel, Objection
from .permissions import (
    can_organise_ballots,
    can_oversee_ballots,
    can_run_ballot,
    can_see_ballots,
    can_see_roll,
    can_see_turnout,
    can_take_votes,
)
from .rollsources import OF_BODIES, OWNERS, SOURCES
from .scope import narrows, scope_words
from .selectors import BallotFilters, rule_kept, state_now
from .services import making
from .table import ACTS, acts_for
from .workflow import ENDED, RUNNING, State

PER_PAGE = 25
TABS = {
    "running": gettext_lazy("投票中"),
    "preparing": gettext_lazy("筹备中"),
    "counting": gettext_lazy("计票和公示"),
    "ended": gettext_lazy("已结束"),
    "all": gettext_lazy("全部"),
}
TONES = {
    State.DRAFT: "neutral",
    State.ANNOUNCED: "action",
    State.FROZEN: "action",
    State.OPEN: "action",
    State.CLOSED: "neutral",
    State.COUNTED: "neutral",
    State.SETTLED: "done",
    State.CANCELLED: "quiet",
}


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page about ballots; what names people or codes is kept in no cache."""
    response = render(
        request, f"ballots/{template}.html", {"whose": whose(request), **context}, status=status
    )
    response["Cache-Control"] = "no-store"
    return response


def to_record(ballot: Ballot, name: str = "record") -> HttpResponseRedirect:
    """Lead back to a page of the ballot."""
    return HttpResponseRedirect(reverse(f"ballots:{name}", args=[ballot.public_id]))


def state_label(ballot: Ballot) -> str:
    """Return the state as the clock has it, in words."""
    return str(State(state_now(ballot)).label)


def tone(ballot: Ballot) -> str:
    """Return the colour of the state as the clock has it."""
    return TONES[State(state_now(ballot))]


# -- the list --------------------------------------------------------------------------------------
def filters_of(query: QueryDict) -> tuple[BallotFilterForm, BallotFilters]:
    """Return the list's filters as an address has them; what cannot be read narrows nothing."""
    form = BallotFilterForm(query)
    form.is_valid()
    stage = query.get("stage", "all")
    chosen = form.cleaned_data
    return form, BallotFilters(stage if stage in TABS else "all", chosen.get("q", ""), chosen.get("kind", ""))


def readers_only(actor: Actor) -> None:
    """Let those through who hold, take down or oversee ballots."""
    if not can_see_ballots(actor):
        raise NotAllowed(_("您的岗位不参与表决工作。"), hint=_("表决由居委会或街镇组织。"))


@require_GET
@desk_page
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the ballots that this actor may see, narrowed by the address."""
    actor = actor_of(request)
    readers_only(actor)
    form, filters = filters_of(request.GET)
    counts = selectors.stage_counts(actor)
    found = Paginator(selectors.ballot_list(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [(row, state_label(row), tone(row)) for row in found.object_list],
        "tabs": [(code, words, counts[code], code == filters.stage) for code, words in TABS.items()],
        "stage": filters.stage,
        "can_make": can_organise_ballots(actor),
        "is_narrowed": bool(filters.q or filters.kind),
    }
    return page(request, "list", context)


# -- a new one ----------------------------------------------------------------------------------------
def rules_offered() -> list[DecisionRule]:
    """Return the rules in force by which a ballot can be held from here: those with a roll of their own."""
    found = rules_in_force(clock.today())
    return [rule for rule in found if rule.kind == "decision" and rule.electorate in SOURCES]


@require_GET
@desk_page
def rules_page(request: HttpRequest) -> HttpResponse:
    """Choose by what is to be decided, which says who votes and what is needed."""
    if not can_organise_ballots(actor_of(request)):
        raise NotAllowed(_("您的岗位不能组织表决。"), hint=_("表决由居委会或街镇组织。"))
    groups = [
        (_("业主共同决定"), [rule for rule in rules_offered() if rule.electorate in OWNERS]),
        (
            _("居民、村民会议"),
            [rule for rule in rules_offered() if rule.electorate not in OWNERS | OF_BODIES],
        ),
        (_("组织的成员"), [rule for rule in rules_offered() if rule.electorate in OF_BODIES]),
    ]
    return page(request, "rules", {"groups": groups})


@desk_page
def new_page(request: HttpRequest, key: str) -> HttpResponse:
    """Draft a ballot by a rule; owners' ballots name their compound first."""
    actor = actor_of(request)
    if not can_organise_ballots(actor):
        raise NotAllowed(_("您的岗位不能组织表决。"), hint=_("表决由居委会或街镇组织。"))
    rule = _rule(key)
    compound = _compound(actor, request.GET.get("compound", ""))
    may_narrow = narrows(rule.electorate) and compound is None
    if compound is None and (rule.electorate in OWNERS or (may_narrow and "narrow" in request.GET)):
        rows = Compound.objects.visible_to(actor)
        if rule.electorate in OWNERS:
            rows = rows.filter(ownerships__isnull=False).distinct()
        context = {"rule": rule, "compounds": rows[:200], "of_owners": rule.electorate in OWNERS}
        return page(request, "compounds", context)
    before = kept(request)
    form = BallotForm(
        request.POST if request.method == "POST" else None,
        rule=rule,
        compound=compound,
        bodies=_bodies(actor),
        initial=before.dict() if before else {"channels": ["web", "paper"]},
    )
    made = _made(request, actor, form) if request.method == "POST" and form.is_valid() else None
    if made is not None:
        messages.success(request, _("已起草。下一步：生成名册并核对，再公告。"))
        return to_record(made)
    context = {"form": form, "rule": rule, "compound": compound, "restored": before is not None}
    context["may_narrow"] = may_narrow
    return page(request, "new", context | _lawful(rule), 422 if form.errors else 200)


def _rule(key: str) -> DecisionRule:
    if key not in {rule.key for rule in rules_offered()}:
        raise NotFound(_("没有这条表决规则。"), hint=_("请从规则列表重新选择。"))
    return rule_of(key, clock.today())


def _compound(actor: Actor, key: str) -> Compound | None:
    try:
        return Compound.objects.visible_to(actor).filter(public_id=UUID(key)).first() if key else None
    except ValueError:
        return None


def _bodies(actor: Actor) -> list[tuple[str, str]]:
    rows = Body.objects.visible_to(actor).standing()
    return [(str(row.public_id), f"{row.name}（{row.kind_name}）") for row in rows[:200]]


def _lawful(rule: DecisionRule) -> dict[str, Any]:
    days = max(rule.notice_days or 0, rule.roll_days or 0, (rule.objection_days or 0) + 1)
    return {"least_days": days}


def _made(request: HttpRequest, actor: Actor, form: BallotForm) -> Ballot | None:
    key = request.POST.get("request_key", "")
    try:
        return making.ballot_make(actor=actor, draft=form.draft(), request_key=key)
    except InvalidInput as refusal:
        form.take(refusal)
    return None


@desk_page
def edit_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    ballot = selectors.ballot_get(actor, public_id)
    if not can_run_ballot(actor, ballot):
        raise NotAllowed
    if ballot.state != State.DRAFT:
        raise Conflict(_("表决已经公告，不能再改。"), hint=_("如确需更改，请取消后重新起草。"))
    rule = rule_kept(ballot)
    form = BallotForm(
        request.POST if request.method == "POST" else None,
        rule=rule,
        compound=ballot.compound,
        bodies=_bodies(actor),
        initial=_typed_before(ballot),
    )
    if request.method == "POST" and form.is_valid():
        version = int(request.POST.get("version") or 0)
        try:
            making.ballot_edit(actor=actor, ballot_id=ballot.public_id, version=version, draft=form.draft())
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已保存。"))
            return to_record(ballot)
    context = {"form": form, "rule": rule, "compound": ballot.compound, "ballot": ballot}
    return page(request, "new", context | _lawful(rule), 422 if form.errors else 200)


def _typed_before(ballot: Ballot) -> dict[str, Any]:
    return {
        "title": ballot.title,
        "text": ballot.text,
        "questions": "\n".join(ballot.questions.values_list("text", flat=True)),
        "opens_at": ballot.opens_at,
        "closes_at": ballot.closes_at,
        "channels": ballot.channels,
        "way": ballot.way,
        "body": str(ballot.body.public_id) if ballot.body else "",
        "buildings": [str(key) for key in ballot.buildings.values_list("public_id", flat=True)],
        "stairs": [str(key) for key in ballot.stairs.values_list("public_id", flat=True)],
    }


# -- one ballot ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StepShown:
    """One stage of a ballot's way, as the page draws it."""

    title: str
    state: str
    when: Any


def way_of(ballot: Ballot) -> list[StepShown]:
    """Return the stages of a ballot with their days; the present one is ``now``."""
    order = [State.DRAFT, State.ANNOUNCED, State.FROZEN, State.OPEN, State.CLOSED, State.COUNTED]
    present = state_now(ballot)
    at = len(order) if present == State.SETTLED else order.index(State(present))
    stages = (
        (_("公告和名册公示"), ballot.announced_at, 1),
        (_("名册确定"), ballot.frozen_at, 2),
        (_("投票"), ballot.opens_at, 3),
        (_("截止、计票"), ballot.closes_at, 4),
        (_("结果公示"), ballot.counted_at, 5),
    )
    return [
        StepShown(title, "done" if at > place else "now" if at == place else "next", when)
        for title, when, place in stages
    ]


@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one ballot: where it stands, what comes next, who has voted, and in the end the sum."""
    actor = actor_of(request)
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    state = state_now(ballot)
    offered = acts_for(actor, ballot)
    rows = [(code, ACTS[code]) for code in offered]
    runs = can_run_ballot(actor, ballot)
    context = {
        "ballot": ballot,
        "state": state,
        "state_label": state_label(ballot),
        "tone": tone(ballot),
        "questions": list(ballot.questions.all()),
        "main": next(((code, row) for code, row in rows if row.is_main), None),
        "others": [(code, row) for code, row in rows if not row.is_main or code == "roll"],
        "stages": way_of(ballot) if state != State.CANCELLED else [],
        "dates": lawful_dates_of(ballot),
        "rule": rule_kept(ballot),
        "scope": scope_words(ballot),
        "runs": runs,
        "takes": can_take_votes(actor, ballot),
        "oversees": can_oversee_ballots(actor),
        "reads_roll": can_see_roll(actor, ballot),
        "turnout": selectors.turnout(ballot)
        if can_see_turnout(actor, ballot) and (state in (*RUNNING, State.CLOSED))
        else None,
        "roll_count": ballot.electors.filter(state__in=("in", "added")).count(),
        "doubts": ballot.electors.filter(state="doubt").count() if runs else 0,
        "sheets": tallies.reconciliation(ballot) if can_take_votes(actor, ballot) else None,
        "channels": [str(Channel(code).label) for code in ballot.channels],
        "results": shown_results(ballot),
        "objections": list(ballot.objections.select_related("elector")) if runs else [],
        "waiting": ballot.objections.filter(state=Objection.State.OPEN).count() if runs else 0,
    }
    return page(request, "record", context)


def lawful_dates_of(ballot: Ballot) -> dict[str, Any]:
    """Return the lawful dates around a ballot as it stands."""
    listed = clock.local_date(ballot.announced_at) if ballot.announced_at else clock.today()
    opens_on = clock.local_date(ballot.opens_at)
    return periods(rule_kept(ballot), voting_on=opens_on, listed_on=listed, calendar=holiday_calendar())


@dataclass(frozen=True, slots=True)
class ResultShown:
    """What came of one question: its figures in the order of its choices, the sums, what it means."""

    result: Result
    figures: list[tuple[str, int, int]]
    steps: Any
    outcome: str
    tone: str
    elected: list[str]
    tied: list[str]


def shown_results(ballot: Ballot) -> list[ResultShown]:
    """Return the results of a counted ballot; nothing at all before it is counted, for nobody."""
    if ballot.state not in ENDED:
        return []
    return [_shown(result) for result in tallies.results_kept(ballot)]


def _shown(result: Result) -> ResultShown:
    plain, labels = result.plain(), result.asked.choices
    figures = [
        (labels.get(key, _("弃权")), found.heads, found.area)
        for key, found in result.tally.choices.items()
        if key in labels or found
    ]
    figures.append((_("无效"), result.tally.invalid.heads, result.tally.invalid.area))
    elected = [labels[key] for key in plain.get("elected", ())]
    is_done = plain.get("is_passed", bool(elected))
    words = _outcome_words(plain, elected)
    tied = [labels[key] for key in plain.get("tied", ())]
    return ResultShown(
        result, figures, result.verdict.steps, words, "done" if is_done else "quiet", elected, tied
    )


def _outcome_words(plain: dict[str, Any], elected: list[str]) -> str:
    if not plain["is_valid"]:
        return _("参加人数不够，表决无效")
    if "is_passed" in plain:
        return _("通过") if plain["is_passed"] else _("没有通过")
    return _("当选：%s") % "、".join(elected) if elected else _("无人当选")


# -- acts ------------------------------------------------------------------------------------------------
@desk_page
def act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one ballot."""
    if code not in ACTS:
        raise NotFound
    actor, row = actor_of(request), ACTS[code]
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    if not can_run_ballot(actor, ballot):
        raise NotAllowed(hint=_("表决由当地居委会或街镇组织。"))
    if request.method != "POST":
        if code not in acts_for(actor, ballot):
            raise Conflict(
                _("这一步现在不能办理：表决的状态是「%s」。") % state_label(ballot),
                hint=_("请回到表决页面，查看最新进展。"),
            )
        return _act(request, ballot, code, row.form(initial={"on": clock.today()}))
    form = row.form(request.POST)
    if not form.is_valid():
        return _act(request, ballot, code, form, 422)
    return _taken(request, actor, ballot, code, form)


def _taken(request: HttpRequest, actor: Actor, ballot: Ballot, code: str, form: DeskForm) -> HttpResponse:
    row, version = ACTS[code], request.POST.get("version", "")
    try:
        row.call(actor=actor, ballot=ballot, form=form, version=int(version) if version.isdigit() else 0)
    except InvalidInput as refusal:
        form.take(refusal)
        return _act(request, ballot, code, form, 422)
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return _act(request, ballot, code, form, 409)
    messages.success(request, str(row.done))
    return to_record(ballot, "roll" if code == "roll" else "record")


def _act(request: HttpRequest, ballot: Ballot, code: str, form: DeskForm, status: int = 200) -> HttpResponse:
    context = {"ballot": ballot, "code": code, "row": ACTS[code], "form": form}
    if code == "announce":
        context["dates"] = lawful_dates_of(ballot)
        context["rule"] = rule_kept(ballot)
    return page(request, "act", context, status)
