"""产权: the compounds with their rolls of owners, and the title to one part with its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.models import Part

from ..models import Ownership
from ..views.guards import rows_page
from .forms import EndForm, TitleForm
from .permissions import can_keep_titles
from .selectors import (
    owner_candidates,
    owner_name,
    owners_roll,
    owners_shown,
    roll_compound,
    share_shown,
    title_of,
    titles_counted,
    titles_of,
)
from .services import (
    ownership_correct,
    ownership_end,
    ownership_register,
    ownership_transfer,
    voter_name,
)

PAGE = 50
HEADINGS = {
    "register": gettext_lazy("登记产权"),
    "transfer": gettext_lazy("办理转移"),
    "correct": gettext_lazy("更正产权"),
}


@require_GET
@rows_page
def ownerships(request: HttpRequest) -> HttpResponse:
    """List compounds with how many titles are registered; with ``compound``, show its roll of owners."""
    actor = actor_of(request)
    chosen = request.GET.get("compound", "")
    if not chosen:
        found = titles_counted(actor)
        return render(request, "residents/owning/compounds.html", {"compounds": found})
    compound = roll_compound(actor, chosen)
    roll = owners_roll(actor, compound, clock.today())
    page = Paginator(roll.rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "residents/owning/roll.html", {"compound": compound, "roll": roll, "page": page})


def _part(actor: Actor, public_id: UUID) -> Part:
    rows = Part.objects.visible_to(actor).select_related("compound", "building", "stair__building__compound")
    part = rows.filter(public_id=public_id).first()
    if part is None:
        raise NotFound(_("没有找到这套房屋。"))
    return part


@require_GET
@rows_page
def part_title(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the title to a part, its owners, and how it was before."""
    actor = actor_of(request)
    part = _part(actor, public_id)
    title = title_of(actor, part)
    owners = list(title.owners.all()) if title else []
    past = [row for row in titles_of(actor, part) if row.to_on is not None]
    context = {
        "part": part,
        "title": title,
        "owners": [(owner, owner_name(owner), share_shown(owner)) for owner in owners],
        "has_voter": any(owner.is_voter for owner in owners),
        "history": [(row, owners_shown(row.owners.all())) for row in past],
        "may_keep": can_keep_titles(actor, part.area_path) and part.closed_on is None,
        "end_form": EndForm(initial={"on": clock.today()}),
    }
    return render(request, "residents/owning/part.html", context)


def _start(title: Ownership | None, act: str) -> dict[str, Any]:
    """Return what the form shows at first: the area always, the owners where they stay."""
    if title is None:
        return {}
    start: dict[str, Any] = {"area": f"{title.registered_area / 100:.2f}", "kind": title.kind}
    if act != "correct":
        return start | {"kind": Ownership.Kind.SOLD, "on": clock.today()}
    start |= {"from_on": title.from_on}
    for n, owner in enumerate(title.owners.all(), 1):
        mark, row = ("r", owner.resident) if owner.resident else ("e", owner.establishment)
        start[f"who_{n}"] = f"{mark}:{row.public_id}" if row else ""
        start |= {f"share_{n}": share_shown(owner), f"voter_{n}": owner.is_voter}
    return start


@require_http_methods(["GET", "POST"])
@rows_page
def title_write(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Register, pass on or correct a title."""
    actor = actor_of(request)
    part = _part(actor, public_id)
    title = title_of(actor, part)
    if act not in HEADINGS or (act == "register") == (title is not None):
        raise NotFound(_("这套房屋现在不能办这一步。"), hint=_("请回到产权页面，看看现在的登记。"))
    if not can_keep_titles(actor, part.area_path):
        raise NotAllowed
    form = TitleForm(
        request.POST if request.method == "POST" else None,
        initial=_start(title, act),
        act=act,
        candidates=owner_candidates(actor, part, clock.today()),
        owners=title.owners.count() if title and act == "correct" else 1,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _write(actor, part, title, act, request.POST.get("version", ""), form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("产权已登记。"))
            return redirect("residents:part_title", public_id)
    context = {"part": part, "title": title, "act": act, "heading": HEADINGS[act], "form": form}
    return render(request, "residents/owning/form.html", context, status=422 if form.errors else 200)


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _write(
    actor: Actor, part: Part, title: Ownership | None, act: str, version: str, said: dict[str, Any]
) -> None:
    common = {name: said[name] for name in ("area", "owners", "kind", "certificate")}
    if title is None:
        ownership_register(actor=actor, part_id=part.pk, from_on=said["from_on"], **common)
        return
    seen = {"actor": actor, "ownership_id": title.pk, "version": _version(version)}
    if act == "transfer":
        ownership_transfer(**seen, on=said["on"], **common)
    else:
        common["certificate"] = said["certificate"] or None
        ownership_correct(**seen, reason=said["reason"], from_on=said["from_on"], **common)


def _voter(actor: Actor, title: Ownership, request: HttpRequest) -> str:
    owner = _version(request.POST.get("owner", ""))
    version = _version(request.POST.get("version", ""))
    reason = request.POST.get("reason", "")[:120]
    voter_name(actor=actor, ownership_id=title.pk, version=version, owner_id=owner, reason=reason)
    return _("表决人已登记。")


def _end(actor: Actor, title: Ownership, request: HttpRequest) -> str:
    form = EndForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(details={name: str(words[0]) for name, words in form.errors.items()})
    version = _version(request.POST.get("version", ""))
    ownership_end(actor=actor, ownership_id=title.pk, version=version, **form.cleaned_data)
    return _("产权已注销。")


ACTS: dict[str, Callable[[Actor, Ownership, HttpRequest], str]] = {"voter": _voter, "end": _end}


@require_POST
@rows_page
def title_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Name the voter of co-owners, or end a title."""
    actor = actor_of(request)
    title = title_of(actor, _part(actor, public_id))
    if title is None or act not in ACTS:
        raise NotFound(_("这套房屋没有现有产权。"))
    messages.success(request, ACTS[act](actor, title, request))
    return redirect("residents:part_title", public_id)
