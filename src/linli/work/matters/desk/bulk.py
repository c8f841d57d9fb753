"""Several matters at once, where that is safe: looked through first, then one service call each.

Closing only as a proposal that another person looks through (closings.py). Never in bulk: declining,
merging, or anything that needs words for one reporter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.core.actor import EXECUTING, Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, Refusal
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import DeskForm, long_text, short_text

from .. import selectors, services
from ..models import ClosingBatch, Matter
from ..permissions import COMMITTEE_OR_STREET, SUPERVISING
from ..rules import hand_over_refusal
from ..workflow import State
from .keeping import page

MOST = 100
KEY_LETTERS = 31


class BulkForm(DeskForm):
    """What is said about all of them; nothing, for signing."""


class NoteMaybeForm(BulkForm):
    """A word that may be left empty."""

    note = short_text(gettext_lazy("备注"), required=False, limit=300)


class NoteForm(BulkForm):
    """A note kept with each of them."""

    note = long_text(gettext_lazy("补记内容"), limit=1000, help_text=gettext_lazy("只有工作人员能看到"))


class CloseForm(BulkForm):
    """What was seen of all of them; each reporter reads it."""

    finding = long_text(
        gettext_lazy("核查情况"),
        help_text=gettext_lazy("怎么核查的、看到了什么；另一人复核以后，每位反映人都会看到"),
    )


class BulkUnitForm(BulkForm):
    """The one unit that all of them go to."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("派给哪个单位"), queryset=Unit.objects.none(), to_field_name="public_id"
    )
    instruction = long_text(gettext_lazy("交办要求"), required=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One matter of a selection, and why it cannot be done if it cannot.

    ``is_barred``: the selection itself forbids it, whatever the service would say.
    """

    matter: Matter
    why: str = ""
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one matter."""

    matter: Matter
    why: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One thing that may be done to several: its words, its form, who sees it, its service.

    ``is_together``: the service takes all of them as one, or none.
    """

    label: str | Promise
    icon: str
    form: type[BulkForm]
    functions: frozenset[Function]
    call: Callable[..., Any]
    is_together: bool = False


def _accept(actor: Actor, item: Item, said: dict[str, Any], key: str) -> None:
    services.matter_accept(
        actor=actor, matter_id=item.matter.pk, version=item.matter.version, request_key=key, **said
    )


def _sign(actor: Actor, item: Item, said: dict[str, Any], key: str) -> None:
    own = item.matter.assignments.filter(unit_id=actor.unit_id or 0, ended_at__isnull=True)
    pk = own.values_list("pk", flat=True).first()
    services.assignment_sign(actor=actor, assignment_id=pk or 0, request_key=key)


def _remind(actor: Actor, item: Item, said: dict[str, Any], key: str) -> None:
    services.matter_remind(actor=actor, matter_id=item.matter.pk, request_key=key, **said)


def _note(actor: Actor, item: Item, said: dict[str, Any], key: str) -> None:
    services.note_add(actor=actor, matter_id=item.matter.pk, request_key=key, **said)


def _hand_over(actor: Actor, item: Item, said: dict[str, Any], key: str) -> None:
    services.matter_hand_over(
        actor=actor,
        matter_id=item.matter.pk,
        version=item.matter.version,
        affair_class=item.matter.affair_class,
        reason=item.matter.class_reason,
        request_key=key,
        **said,
    )


def _close(actor: Actor, items: Sequence[Item], said: dict[str, Any], key: str) -> ClosingBatch:
    ids = [item.matter.pk for item in items]
    return services.closing_propose(actor=actor, matter_ids=ids, request_key=key, **said)


WORKING = EXECUTING | {Function.GRID_WORKER, Function.COMMITTEE, Function.STREET}
BULK: dict[str, Bulk] = {
    "accept": Bulk(gettext_lazy("受理"), "check", NoteMaybeForm, COMMITTEE_OR_STREET, _accept),
    "sign": Bulk(gettext_lazy("签收"), "signature", BulkForm, WORKING, _sign),
    "hand_over": Bulk(gettext_lazy("派遣"), "send", BulkUnitForm, COMMITTEE_OR_STREET, _hand_over),
    "close": Bulk(gettext_lazy("办结"), "checks", CloseForm, COMMITTEE_OR_STREET, _close, is_together=True),
    "remind": Bulk(
        gettext_lazy("催办"), "bell-ringing", NoteMaybeForm, COMMITTEE_OR_STREET | SUPERVISING, _remind
    ),
    "note": Bulk(gettext_lazy("补记"), "note", NoteForm, WORKING | SUPERVISING, _note),
}


def bulk_choices(actor: Actor) -> list[tuple[str, str | Promise, str]]:
    """Return what an actor may do to several at once: code, words, icon."""
    return [(code, row.label, row.icon) for code, row in BULK.items() if actor.function in row.functions]


# -- looking through ------------------------------------------------------------
def _chosen(request: HttpRequest, actor: Actor) -> list[Matter]:
    """Return the matters that were ticked and that this actor sees, in the order of the list."""
    keys = list(dict.fromkeys(request.POST.getlist("chosen")))
    if len(keys) > MOST:
        words = _("一次最多办理%(most)d件，您选了%(n)d件。") % {"most": MOST, "n": len(keys)}
        raise InvalidInput(words, hint=_("请分几次办理。"))
    wanted = [key for key in keys if _is_key(key)]
    seen = Matter.objects.visible_to(actor).filter(public_id__in=wanted).select_related("category")
    found = {str(matter.public_id): matter for matter in seen}
    return [found[key] for key in wanted if key in found]


def _is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def items_judged(actor: Actor, code: str, matters: Sequence[Matter]) -> list[Item]:
    """Return for each matter whether this may be done to it now, and if not, why."""
    items = [_judged(actor, code, matter) for matter in matters]
    return _of_one_category(items) if code == "hand_over" else items


def _judged(actor: Actor, code: str, matter: Matter) -> Item:
    if code == "close":
        return Item(matter, selectors.closing_wrong(actor, matter))
    offered = selectors.actions_for(actor, matter, code)
    if not offered:
        facts = {"state": State(matter.state).label, "what": BULK[code].label}
        return Item(matter, _("状态是「%(state)s」，或不归您%(what)s") % facts)
    if code == "hand_over" and not matter.affair_class:
        return Item(matter, _("还没有研判分类，请先分类再派遣"))
    return Item(matter)


def _of_one_category(items: list[Item]) -> list[Item]:
    """Keep what is of the commonest category: one unit answers for one kind of thing."""
    counted = Counter(item.matter.category_id for item in items if not item.why)
    if len(counted) < 2:
        return items
    common = counted.most_common(1)[0][0]
    other = _("类别与其他的不同，请另外派遣")
    return [
        item if item.why or item.matter.category_id == common else Item(item.matter, other, is_barred=True)
        for item in items
    ]


def _form(request: HttpRequest, actor: Actor, code: str, ready: list[Item]) -> BulkForm:
    form = BULK[code].form(request.POST if "go" in request.POST else None)
    if isinstance(form, BulkUnitForm):
        units = _units(actor, ready)
        field = form.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        labels = [(str(unit.public_id), unit.name) for unit in units]
        field.choices = [("", _("请选择")), *labels]  # type: ignore[attr-defined]
    return form


def _units(actor: Actor, ready: list[Item]) -> list[Unit]:
    """Return the units that all of them may go to, the likeliest first."""
    kinds = {(item.matter.area_path, item.matter.affair_class): item.matter for item in ready}
    common: list[Unit] | None = None
    for matter in kinds.values():
        fitting = [
            unit
            for unit in selectors.units_for(matter, matter.category)
            if hand_over_refusal(actor.function, unit.function, True, matter.affair_class) is None
        ]
        common = fitting if common is None else [unit for unit in common if unit in fitting]
    return common or []


# -- the page ---------------------------------------------------------------------
@require_POST
@desk_page
def bulk_page(request: HttpRequest) -> HttpResponse:
    """Say first how many can be done, which not and why; then do it one by one and say what came of it."""
    actor, code = actor_of(request), request.POST.get("act", "")
    if code not in BULK or actor.function not in BULK[code].functions:
        raise NotAllowed(_("您的岗位不能批量办理这一步。"))
    matters = _chosen(request, actor)
    if not matters:
        messages.info(request, _("请先勾选要办理的事项。"))
        return redirect(_back(request))
    items = items_judged(actor, code, matters)
    ready = [item for item in items if not item.why]
    form = _form(request, actor, code, ready)
    context = {"bulk": BULK[code], "code": code, "form": form, "back": _back(request), "all": len(matters)}
    if "go" in request.POST and form.is_valid() and BULK[code].is_together:
        return _together(request, actor, code, items, form, context)
    if "go" in request.POST and form.is_valid():
        done = _do(request, actor, code, items, form)
        failed = [row for row in done if row.why]
        return page(request, "bulk_done", {**context, "done": done, "failed": failed})
    refused = [item for item in items if item.why]
    context |= {"ready": ready, "refused": refused}
    return page(request, "bulk", context, 422 if form.errors else 200)


def _together(
    request: HttpRequest,
    actor: Actor,
    code: str,
    items: list[Item],
    form: BulkForm,
    context: dict[str, Any],
) -> HttpResponse:
    """Put all of them before another person, or say why not and keep what was typed."""
    ready, key = [item for item in items if not item.why], request.POST.get("request_key", "")
    try:
        batch = BULK[code].call(actor, items, form.cleaned_data, key)
    except (InvalidInput, Conflict) as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        refused = [item for item in items if item.why]
        return page(request, "bulk", {**context, "ready": ready, "refused": refused}, refusal.status)
    messages.success(request, _("已提交，等待另一人复核。复核通过以前，一件也不会办结。"))
    return redirect("matters:closing", public_id=batch.public_id)


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if safe and asked.startswith("/desk/") else "/desk/matters/"


def _do(request: HttpRequest, actor: Actor, code: str, items: list[Item], form: BulkForm) -> list[Done]:
    """Call the service for each by itself; one that is refused does not stop the others.

    The version that the preview showed goes along, so that what somebody did meanwhile is not overrun.
    """
    key = request.POST.get("request_key", "")[:KEY_LETTERS]
    return [_one(actor, code, _as_shown(request, item), form.cleaned_data, key) for item in items]


def _as_shown(request: HttpRequest, item: Item) -> Item:
    shown = request.POST.get(f"v-{item.matter.public_id}", "")
    if shown.isascii() and shown.isdigit():
        item.matter.version = int(shown)
    return item


def _one(actor: Actor, code: str, item: Item, said: dict[str, Any], key: str) -> Done:
    if item.is_barred:
        return Done(item.matter, item.why)
    try:  # also where it looks done already: the same page sent twice is told the first result
        BULK[code].call(actor, item, said, f"{key}-{item.matter.public_id.hex}" if key else "")
    except Refusal as refusal:
        return Done(item.matter, refusal.message)
    return Done(item.matter)
