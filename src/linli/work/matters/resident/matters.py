"""A reporter's own matters: the parcel's journey, and what they can do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotFound
from linli.foundation.accounts.permissions import actor_of, actor_required
from linli.foundation.files.views import file_response
from linli.foundation.files.words import files_words

from .. import selectors, services
from ..models import Matter
from ..papers import acceptance_paper, reply_paper
from ..permissions import is_reporter
from ..satisfaction.selectors import reason_choices
from ..wording import instant_words
from ..workflow import ENDED
from .browser import owner_keys
from .forms import AnswerForm, ConfirmForm, ObjectForm, RateForm, ReopenForm, ResultForm, WithdrawForm
from .photos import PhotosTaken, photos_take
from .selectors import draft_list, matter_photo, question_get

PER_PAGE = 20


@dataclass(frozen=True)
class Act:
    """Something a reporter can do to their matter: its form, the service behind it, the words around it."""

    form: type[forms.Form]
    run: Callable[[Actor, Matter, dict[str, Any]], Any]
    title: str | Promise
    button: str | Promise
    done: str | Promise
    intro: str | Promise = ""


def _withdraw(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    return services.matter_withdraw(
        actor=actor, matter_id=matter.pk, version=said["version"], reason=said["reason"]
    )


def _confirm(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    return services.guidance_confirm(actor=actor, matter_id=matter.pk, version=said["version"])


def _object(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    return services.guidance_object(
        actor=actor, matter_id=matter.pk, version=said["version"], reason=said["reason"]
    )


def _rate(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    answers = {name: said[name] == "yes" for name in ("was_contacted", "was_solved", "was_satisfied")}
    more = {name: said[name] for name in ("reasons", "comment", "wants_reopen")}
    return services.matter_rate(actor=actor, matter_id=matter.pk, **answers, **more)


def _reopen(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    return services.reopen_ask(actor=actor, matter_id=matter.pk, reason=said["reason"])


def _withdraw_reopen(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    home = matter.merged_into or matter
    asked = home.requests.filter(kind="reopen", outcome="", asked_by_id=actor.person_id).first()
    return services.request_withdraw(actor=actor, request_id=asked.pk if asked else 0)


def _verify(actor: Actor, matter: Matter, said: dict[str, Any]) -> Any:
    return services.matter_verify(
        actor=actor,
        matter_id=matter.pk,
        version=said["version"],
        is_passed=said["is_passed"] == "yes",
        finding=said["finding"],
    )


ACTS: dict[str, Act] = {
    "verify": Act(
        ResultForm,
        _verify,
        _("请您确认：办好了吗"),
        _("确认"),
        _("谢谢，已记下。"),
        _("居委会没有别的人可以核查，想请您看一看。"),
    ),
    "withdraw": Act(
        WithdrawForm,
        _withdraw,
        _("撤回这件事"),
        _("确定撤回"),
        _("已撤回。"),
        _("撤回以后不再办理，居委会会知道。需要时可以重新反映。"),
    ),
    "confirm_guidance": Act(
        ConfirmForm, _confirm, _("这个办法有用吗"), _("有用，可以办结"), _("谢谢，这件事办结了。")
    ),
    "object": Act(
        ObjectForm,
        _object,
        _("这个办法没用"),
        _("请再想想办法"),
        _("已告诉居委会，他们会重新研判。"),
        _("说说哪里不合适，居委会会重新处理。"),
    ),
    "rate": Act(
        RateForm,
        _rate,
        _("给这次办理打个分"),
        _("提交评价"),
        _("谢谢您的评价。"),
        _("三个问题，点一下就行。"),
    ),
    "withdraw_reopen": Act(
        ConfirmForm,
        _withdraw_reopen,
        _("撤回重办申请"),
        _("不用重新办理了"),
        _("已撤回申请。"),
        _("撤回以后，这件事仍是已办结。"),
    ),
    "ask_reopen": Act(
        ReopenForm,
        _reopen,
        _("申请重新办理"),
        _("提交申请"),
        _("已交给街镇决定，结果会通知您。"),
        _("问题没解决或者又出现了，写一下现在的情况，由街镇决定是否重新办理。"),
    ),
}


# Steps that say where a matter stands; a rating or a corrected place does not move it.
STANDS = frozenset(
    {
        *(
            "report",
            "emergency",
            "accept",
            "decline",
            "withdraw",
            "merge",
            "split",
            "guide",
            "guidance_confirm",
        ),
        *("guidance_object", "guidance_lapse", "discussion_start", "discussion_finish_task"),
        *("discussion_finish", "discussion_end", "hand_over", "sign", "return_grant", "rehand", "extend"),
        *("pause", "resume", "result", "verify_pass", "verify_unable", "verify_fail"),
        *("reopen_ask", "reopen_grant", "reopen_refuse", "reopen_withdraw", "send_back", "straight_back"),
        *("return_back", "recall", "result_retract"),
    }
)


def where_now(steps: list[selectors.JourneyStep]) -> selectors.JourneyStep | None:
    """Return the step that says where a matter stands, from a journey that begins with the newest."""
    return next((step for step in steps if step.verb in STANDS), None)


def is_due_untold(matter: Matter, step: selectors.JourneyStep | None) -> bool:
    """Whether the matter has a limit that the words of its present step do not name."""
    said = step.title + step.text if step else ""
    return matter.due_at is not None and instant_words(matter.due_at) not in said


def own_matter(actor: Actor, public_id: UUID) -> Matter:
    """Return a matter for its reporter or the worker who took it in; for everybody else it is not there."""
    matter = selectors.matter_get(actor, public_id)
    if not is_reporter(actor, matter) and (actor.person_id is None or matter.intake_by_id != actor.person_id):
        raise NotFound
    return matter


def _form_of(code: str, matter: Matter, sent: Any = None) -> forms.Form:
    form = ACTS[code].form
    more: dict[str, Any] = {"reasons": reason_choices(matter)} if form is RateForm else {}
    return form(sent, **more) if sent is not None else form(initial={"version": matter.version}, **more)


@never_cache
@require_GET
@actor_required
def matter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show where a matter is now, who has it, when it will move, and what the reader can do next."""
    actor = actor_of(request)
    if actor.is_staff and not _is_own(actor, public_id):
        selectors.matter_get(actor, public_id)
        return redirect("matters:record", public_id=public_id)
    found = own_matter(actor, public_id)
    actions = [action for action in selectors.actions_for(actor, found) if action.code in ACTS]
    first = next((action for action in actions if action.is_primary), None)
    steps = selectors.journey(found, actor)
    beside = "object" if first and first.code == "confirm_guidance" else ""  # stands in the same card
    context = {
        "matter": found,
        "steps": steps,
        "now": where_now(steps),
        "tells_due": is_due_untold(found, where_now(steps)),
        "photos": list(found.photos.all()),
        "place": selectors.place_words(found),
        "questions": list(found.questions.filter(answered_at=None)),
        "answered": list(found.questions.exclude(answered_at=None)),
        "documents": list(found.documents.all()),
        "rating": found.ratings.order_by("-round").first(),
        "public": selectors.public_of(found),
        "first": first,
        "first_act": ACTS[first.code] if first else None,
        "first_form": _form_of(first.code, found) if first else None,
        "others": [action for action in actions if action is not first and action.code != beside],
    }
    return render(request, "matters/resident/matter.html", context)


def _is_own(actor: Actor, public_id: UUID) -> bool:
    try:
        own_matter(actor, public_id)
    except NotFound:
        return False
    return True


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show the form of one thing the reporter can do, or do it."""
    actor = actor_of(request)
    found = own_matter(actor, public_id)
    if code not in ACTS:
        raise NotFound
    chosen = ACTS[code]
    form = _form_of(code, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.run(actor, found, form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)  # type: ignore[attr-defined]
        else:
            messages.success(request, str(chosen.done))
            return redirect("matters:matter", public_id=public_id)
    status = 422 if form.errors else 200
    context = {"matter": found, "act": chosen, "code": code, "form": form}
    return render(request, "matters/resident/act.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def answer(request: HttpRequest, public_id: UUID, question_id: UUID) -> HttpResponse:
    """Show a question to its reporter, or take the answer with photos."""
    actor = actor_of(request)
    found = own_matter(actor, public_id)
    question = question_get(found, question_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    taken = photos_take(request) if request.method == "POST" else PhotosTaken()
    if request.method == "POST" and form.is_valid() and not taken.problems:
        try:
            words = form.cleaned_data["answer"]
            services.question_answer(actor=actor, question_id=question.pk, answer=words, photos=taken.photos)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("谢谢，您的回答已经转给工作人员。"))
            return redirect("matters:matter", public_id=public_id)
    context = {"matter": found, "question": question, "form": form, "taken": taken}
    status = 422 if form.errors or taken.problems else 200
    return render(request, "matters/resident/answer.html", context, status=status)


@never_cache
@require_GET
@actor_required
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show number and promise after sending; it can be printed."""
    actor = actor_of(request)
    found = own_matter(actor, public_id)
    context = {
        "matter": found,
        "place": selectors.place_words(found),
        "attached": files_words(found.photos.all()),
    }
    return render(request, "matters/resident/receipt.html", context)


@never_cache
@require_GET
@actor_required
def paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the paper about one's own matter, ready to print: the slip, after the end the reply."""
    actor = actor_of(request)
    found = own_matter(actor, public_id)
    sheet = reply_paper(found, actor) if found.state in ENDED else acceptance_paper(found)
    back = reverse("matters:matter", args=[public_id])
    return render(request, "matters/paper.html", {"paper": sheet, "back": back})


@never_cache
@require_GET
@actor_required
def mine(request: HttpRequest) -> HttpResponse:
    """List what this person reported, newest first, with what waits for an answer."""
    actor = actor_of(request)
    page = Paginator(selectors.matters_of(actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "drafts": draft_list(owner_keys(request))}
    return render(request, "matters/resident/mine.html", context)


@require_GET
def photo(request: HttpRequest, public_id: UUID, photo_id: UUID, variant: str) -> HttpResponseBase:
    """Show a photo of the reporter's own matter, or one that was added for everybody to see."""
    found = own_matter(actor_of(request), public_id)
    return file_response(request, matter_photo(found, photo_id), "thumb" if variant == "thumb" else "clean")
