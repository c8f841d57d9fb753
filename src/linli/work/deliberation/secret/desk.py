"""The pages of those who organise a secret ballot and of those who hold its key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required

from ..ballots.models import Ballot
from . import selectors, services
from .forms import KeyForm, ResultForm, TrusteesForm
from .models import Ceremony, Side, Trustee
from .permissions import can_appoint_trustees, trustee_of
from .shown import asked_rows, holders, key_shown, opening_digest, result_tables
from .standing import barred_trustees
from .workflow import WORKFLOW, State

TONES = {State.READY: "done", State.OPENED: "done", State.DESTROYED: "quiet"}


def _page(
    request: HttpRequest, template: str, ballot: Ballot, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    response = render(request, f"secret/{template}.html", {"ballot": ballot, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _back(ballot: Ballot) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("secret_ballots:ceremony", args=[ballot.public_id]))


# -- how it stands --------------------------------------------------------------------
@require_GET
@staff_required
def ceremony_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how the key stands, who holds it, what came of opening, and what the reader does next."""
    actor = actor_of(request)
    ballot, ceremony = selectors.ballot_for_key(actor, public_id)
    seat = trustee_of(actor, ceremony)
    trustees = list(ceremony.trustees.all()) if ceremony else []
    names = selectors.trustee_names(trustees)
    openings = list(ceremony.openings.all()) if ceremony else []
    held = selectors.opening_standing(ceremony) if ceremony else None
    context = {
        "ceremony": ceremony,
        "tone": TONES.get(State(ceremony.state), "action") if ceremony else "action",
        "trustees": [(row, names.get(row.person_id, "")) for row in trustees],
        "barred": [names.get(person, "") for person in barred_trustees(ceremony)] if ceremony else [],
        "is_early": clock.now() < ballot.opens_at,
        "key": key_shown(ceremony.public_key) if ceremony and ceremony.public_key else "",
        "next": _next(actor, ballot, ceremony, seat),
        "others": _others(actor, ballot, ceremony),
        "openings": openings,
        "is_disputed": bool(openings) and held is None,
        "tables": result_tables(ballot, ceremony, held) if ceremony and held else [],
    }
    return _page(request, "ceremony", ballot, context)


def _next(
    actor: Actor, ballot: Ballot, ceremony: Ceremony | None, seat: Trustee | None
) -> tuple[str, str, str] | None:
    """Return the reader's next step: address, words, icon."""
    before = clock.now() < ballot.opens_at
    if ceremony is None:
        can = can_appoint_trustees(actor, ballot) and before
        return _step(ballot, "trustees", _("指定三位保管人"), "users") if can else None
    if ceremony.state == State.APPOINTED and (seat or can_appoint_trustees(actor, ballot)) and before:
        return _step(ballot, "key", _("办理密钥仪式"), "key")
    if seat is None:
        return None
    if ceremony.state == State.KEYED and seat.kept_at is None:
        return _step(ballot, "share", _("确认收好我的份额"), "shield-check")
    if clock.now() >= ballot.closes_at and ceremony.state in (State.READY, State.SEALED):
        return _step(ballot, "open", _("开票"), "lock-open")
    if ceremony.state == State.DESTROYED and seat.share_hash and seat.destroyed_at is None:
        return _step(ballot, "forget", _("确认销毁我的份额"), "trash")
    return None


def _others(actor: Actor, ballot: Ballot, ceremony: Ceremony | None) -> list[tuple[str, str, str]]:
    """Return further steps: naming others before voting, opening once more before the count."""
    steps: list[tuple[str, str, str]] = []
    if ceremony is None:
        return steps
    is_early = clock.now() < ballot.opens_at and WORKFLOW.allows(ceremony.state, "appoint")
    if is_early and can_appoint_trustees(actor, ballot):
        steps.append(_step(ballot, "trustees", _("更换保管人"), "users"))
    if trustee_of(actor, ceremony) and ceremony.state == State.OPENED:
        steps.append(_step(ballot, "open", _("再开一次核对"), "refresh"))
    return steps


def _step(ballot: Ballot, name: str, words: str, icon: str) -> tuple[str, str, str]:
    return reverse(f"secret_ballots:{name}", args=[ballot.public_id]), words, icon


# -- trustees and the key ---------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@staff_required
def trustees_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name the three trustees."""
    actor = actor_of(request)
    ballot, ceremony = selectors.ballot_for_key(actor, public_id)
    if not can_appoint_trustees(actor, ballot):
        raise NotAllowed(hint=_("密钥保管人由组织投票的居委会或街道指定。"))
    initial: dict[str, Any] = {row.side: row.person_id for row in ceremony.trustees.all()} if ceremony else {}
    initial["version"] = ceremony.version if ceremony else ""
    form = TrusteesForm(request.POST if request.method == "POST" else None, ballot=ballot, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.trustees_appoint(
                actor=actor,
                ballot_id=public_id,
                persons=form.persons,
                version=form.cleaned_data["version"],
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已指定三位保管人，他们会收到通知。"))
            return _back(ballot)
    context = {"form": form, "ceremony": ceremony, "sides": Side.values}
    return _page(request, "trustees", ballot, context, 422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_required
def key_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hold the ceremony in this browser, and take what of it the server may know."""
    actor = actor_of(request)
    ballot, ceremony = selectors.ballot_for_key(actor, public_id)
    form = KeyForm(
        request.POST if request.method == "POST" else None,
        initial={"version": ceremony.version if ceremony else ""},
    )
    if request.method == "POST":
        if not form.is_valid():
            raise InvalidInput(_("公钥没有完整送到。"), hint=_("请重新办理密钥仪式；这次生成的份额已作废。"))
        services.key_register(
            actor=actor,
            ballot_id=public_id,
            public_key=form.cleaned_data["public_key"],
            share_hashes=form.share_hashes,
            version=form.cleaned_data["version"],
        )
        messages.success(request, _("公钥已登记。请三位保管人各自登录，确认收好份额。"))
        return _back(ballot)
    if ceremony is None or not WORKFLOW.allows(ceremony.state, "register"):
        raise Conflict(_("现在不用办理密钥仪式。"), hint=_("请回到密钥页面，查看最新进展。"))
    if not (can_appoint_trustees(actor, ballot) or trustee_of(actor, ceremony)):
        raise NotAllowed(hint=_("密钥仪式由组织单位和保管人办理。"))
    return _page(request, "key", ballot, {"form": form, "holders": holders(ceremony)})


def _own_seat(actor: Actor, ceremony: Ceremony | None) -> Trustee:
    seat = trustee_of(actor, ceremony)
    if seat is None:
        raise NotAllowed(_("您不是这次投票的密钥保管人。"))
    return seat


@require_http_methods(["GET", "POST"])
@staff_required
def share_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a trustee prove in the browser that their share can be read, and say that it is kept."""
    actor = actor_of(request)
    ballot, ceremony = selectors.ballot_for_key(actor, public_id)
    if request.method == "POST":
        services.share_keep(actor=actor, ballot_id=public_id)
        messages.success(request, _("已登记：您的份额已收好。"))
        return _back(ballot)
    seat = _own_seat(actor, ceremony)
    assert ceremony is not None
    if not WORKFLOW.allows(ceremony.state, "keep") or seat.kept_at is not None:
        raise Conflict(_("现在不用确认份额。"), hint=_("请回到密钥页面，查看最新进展。"))
    return _page(request, "share", ballot, {"seat": seat, "holders": holders(ceremony)})


# -- opening and the end ------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@staff_required
def open_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let two trustees open what is sealed in this browser, and take back what they counted."""
    actor = actor_of(request)
    ballot, ceremony = selectors.ballot_for_key(actor, public_id)
    if request.method == "POST":
        return _returned(request, actor, ballot)
    _own_seat(actor, ceremony)
    assert ceremony is not None
    if clock.now() < ballot.closes_at:
        raise Conflict(_("投票还没有截止，加密的选票现在谁也不能取。"), hint=_("截止以后再来开票。"))
    if ceremony.state == State.READY:
        raise Conflict(_("正在封存加密的选票。"), hint=_("一分钟以内会封存好，请稍后刷新。"))
    if not WORKFLOW.allows(ceremony.state, "return"):
        raise Conflict(_("现在不能开票。"), hint=_("请回到密钥页面，查看最新进展。"))
    context = {
        "ceremony": ceremony,
        "form": ResultForm(),
        "holders": holders(ceremony),
        "asked": asked_rows(ballot),
        "digest": key_shown(ceremony.receipts_digest),
        "page_digest": key_shown(opening_digest()),
    }
    return _page(request, "open", ballot, context)


def _returned(request: HttpRequest, actor: Actor, ballot: Ballot) -> HttpResponse:
    form = ResultForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(next(iter(form.errors.values()))[0]))
    said = form.cleaned_data
    opening = services.opening_return(
        actor=actor, ballot_id=ballot.public_id, seats=said["seats"], result=said["result"]
    )
    held = selectors.opening_standing(opening.ceremony)
    if held is None:
        messages.warning(request, _("已送回，但与前一次开票不一致：请再开一次，两次一致的才算数。"))
    else:
        messages.success(request, _("开票结果已送回，可以计票了。"))
    return _back(ballot)


@require_http_methods(["GET", "POST"])
@staff_required
def forget_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a trustee say that their share is destroyed."""
    actor = actor_of(request)
    ballot, ceremony = selectors.ballot_for_key(actor, public_id)
    if request.method == "POST":
        services.share_destroyed(actor=actor, ballot_id=public_id)
        messages.success(request, _("已登记：您的份额已销毁。"))
        return _back(ballot)
    _own_seat(actor, ceremony)
    assert ceremony is not None
    if not WORKFLOW.allows(ceremony.state, "forget"):
        raise Conflict(_("份额还要用，现在不能销毁。"), hint=_("结果生效、加密的选票销毁以后再来。"))
    return _page(request, "forget", ballot, {})


@require_POST
@staff_required
def destroy_press(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Destroy what is sealed at once rather than within the minute."""
    services.sealed_destroy(actor=actor_of(request), ballot_id=public_id)
    messages.success(request, _("加密的选票已销毁。"))
    return HttpResponseRedirect(reverse("secret_ballots:ceremony", args=[public_id]))
