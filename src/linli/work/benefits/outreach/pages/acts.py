"""What is pressed on a household's page; each press answers with the page again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of
from linli.registers.residents.acting.facts import FactForm, fact_refusal
from linli.registers.residents.facts.dictionary import FactKey, Of, dictionary, fact_key
from linli.registers.residents.selectors import HouseholdPeople, cards_of
from linli.registers.residents.views.guards import record_page

from ...models import Lead, Outreach
from .. import selectors
from ..services import (
    lead_checked,
    lead_correct,
    lead_doubt,
    lead_settle,
    lead_undo,
    outreach_assign,
    outreach_channel,
    outreach_message,
    outreach_tell,
    visit_learn,
)
from ..services.learning import HOME, Learnt
from ..traces import trace_opened


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _back(visit_id: UUID, place: str = "") -> HttpResponse:
    answer = redirect("benefits:visit", visit_id)
    answer["Location"] += place
    return answer


def _lead(request: HttpRequest, public_id: UUID, lead_id: UUID) -> Lead:
    visit = selectors.outreach_get(actor_of(request), public_id)
    found = visit.leads.select_related("policy", "resident", "household").filter(public_id=lead_id).first()
    if found is None:
        raise NotFound(_("没有找到这条线索。"))
    lead: Lead = found
    return lead


@require_POST
@record_page
def tell(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note that the household was told of everything."""
    outreach_tell(actor=actor_of(request), outreach_id=public_id, version=_version(request))
    messages.success(request, _("已记为告知。有申请、批准等结果时再回来记一步。"))
    return _back(public_id)


@require_POST
@record_page
def settle(request: HttpRequest, public_id: UUID, lead_id: UUID) -> HttpResponse:
    """Note what became of one lead."""
    lead = _lead(request, public_id, lead_id)
    move, reason = request.POST.get("move", ""), request.POST.get("reason", "")
    lead = lead_settle(
        actor=actor_of(request), lead_id=lead.public_id, version=_version(request), move=move, reason=reason
    )
    messages.success(request, _("已记下：%(state)s。") % {"state": lead.get_state_display()})
    return _back(public_id, f"#l-{lead.public_id}")


@require_POST
@record_page
def undo(request: HttpRequest, public_id: UUID, lead_id: UUID) -> HttpResponse:
    """Take the last press back."""
    lead = _lead(request, public_id, lead_id)
    lead = lead_undo(actor=actor_of(request), lead_id=lead.public_id, version=_version(request))
    messages.success(request, _("已撤销，现在是“%(state)s”。") % {"state": lead.get_state_display()})
    visit_id = lead.outreach.public_id if lead.outreach else public_id
    return _back(visit_id, f"#l-{lead.public_id}")


@require_POST
@record_page
def checked(request: HttpRequest, public_id: UUID, lead_id: UUID) -> HttpResponse:
    """Note that what was doubted is put right."""
    lead_checked(actor=actor_of(request), lead_id=_lead(request, public_id, lead_id).public_id)
    messages.success(request, _("已记下核实完毕；下一次匹配按更正后的情况重算。"))
    return _back(public_id)


@require_POST
@record_page
def channel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write to the household's accounts, or note how they are spoken to."""
    actor, version, asked = actor_of(request), _version(request), request.POST.get("channel", "")
    if asked == Outreach.Channel.MESSAGE:
        outreach_message(actor=actor, outreach_id=public_id, version=version)
        messages.success(request, _("已发站内消息；消息里不写是什么待遇。"))
    else:
        outreach_channel(actor=actor, outreach_id=public_id, version=version, channel=asked)
        messages.success(request, _("已改联系方式。"))
    return _back(public_id)


@require_POST
@record_page
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a colleague go instead."""
    asked = request.POST.get("person", "")
    person = int(asked) if asked.isdecimal() else 0
    outreach_assign(
        actor=actor_of(request), outreach_id=public_id, version=_version(request), person_id=person
    )
    messages.success(request, _("已改派，待办已转到对方名下。"))
    return _back(public_id)


def _learnt(form: FactForm) -> Learnt:
    said = form.cleaned_data
    return Learnt(
        key=form.line.key,
        state=said["how"],
        value=said["value"],
        period=form.period,
        from_on=said.get("from_on"),
        document=said["document"],
    )


def _whose(home: HouseholdPeople, who: str) -> str:
    if who == HOME:
        return _("全家")
    for card in home.members:
        if str(card.resident.public_id) == who:
            return card.name
    raise NotFound(_("这个人现在不在这一户。"))


def _line(key: str, who: str) -> FactKey:
    return fact_key(key, Of.HOUSEHOLD if who == HOME else Of.PERSON)


@require_http_methods(["GET", "POST"])
@record_page
def ask(request: HttpRequest, public_id: UUID, who: str, key: str) -> HttpResponse:
    """Write down a fact that was asked at the door; what was found is looked at again at once."""
    actor = actor_of(request)
    visit = selectors.outreach_get(actor, public_id)
    [home] = cards_of(actor, [visit.household])
    line, name = _line(key, who), _whose(home, who)
    form = FactForm(request.POST if request.method == "POST" else None, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            visit_learn(
                actor=actor, outreach_id=public_id, version=_version(request), who=who, learnt=_learnt(form)
            )
        except InvalidInput as refusal:
            form_refuse(form, fact_refusal(form, refusal))
        else:
            messages.success(request, _("已登记“%(fact)s”，并按新的情况重新核对。") % {"fact": line.label})
            return _back(public_id)
    context = {"visit": visit, "line": line, "form": form, "name": name}
    return render(request, "benefits/outreach/ask.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@record_page
def wrong(request: HttpRequest, public_id: UUID, lead_id: UUID) -> HttpResponse:
    """Say which of the facts behind a lead is wrong; or that one is, and the committee finds out which."""
    lead = _lead(request, public_id, lead_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        lead_doubt(actor=actor_of(request), lead_id=lead.public_id, version=_version(request), reason=reason)
        messages.success(request, _("已记为信息有误，并请居委会核实更正。"))
        return _back(public_id)
    [home] = cards_of(actor_of(request), [lead.household])
    context = {"visit": lead.outreach, "lead": lead, "choices": _choices(lead, home)}
    return render(request, "benefits/outreach/wrong.html", context)


def _choices(lead: Lead, home: HouseholdPeople) -> list[tuple[str, str, FactKey]]:
    """Return (who, name, fact) of every fact that the trace looked at."""
    lines = [dictionary()[name] for name in trace_opened(lead).columns if name in dictionary()]
    people = [card for card in home.members if lead.resident_id in (None, card.resident.pk)]
    of_home = [(HOME, _("全家"), line) for line in lines if line.of is Of.HOUSEHOLD]
    of_people = [
        (str(card.resident.public_id), card.name, line)
        for line in lines
        if line.of is Of.PERSON
        for card in people
    ]
    return [*of_people, *of_home]


class CorrectForm(FactForm):
    """A fact put right, and why."""

    field_order = ("how", "value")

    def since(self) -> None:
        """Ask for its period and for why; a correction holds from when the wrong value did."""
        super().since()
        self.fields.pop("from_on", None)


@require_http_methods(["GET", "POST"])
@record_page
def correct(request: HttpRequest, public_id: UUID, lead_id: UUID, who: str, key: str) -> HttpResponse:
    """Put one fact right; who fits no more by it ends as 信息有误."""
    actor, lead = actor_of(request), _lead(request, public_id, lead_id)
    [home] = cards_of(actor, [lead.household])
    line, name = _line(key, who), _whose(home, who)
    form = CorrectForm(request.POST if request.method == "POST" else None, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            lead = lead_correct(
                actor=actor,
                lead_id=lead.public_id,
                version=_version(request),
                who=who,
                learnt=_learnt(form),
                reason="上门核实更正",
            )
        except InvalidInput as refusal:
            form_refuse(form, fact_refusal(form, refusal))
        else:
            messages.success(request, _("已更正“%(fact)s”，并重新核对。") % {"fact": line.label})
            return _back(public_id, f"#l-{lead.public_id}")
    context = {"visit": lead.outreach, "lead": lead, "line": line, "form": form, "name": name}
    return render(request, "benefits/outreach/correct.html", context, status=422 if form.errors else 200)
