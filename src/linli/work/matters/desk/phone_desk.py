"""The telephone desk: a table in which many matters are taken in, each row saved by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, Refusal
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.ui.refusals import is_htmx

from .. import selectors
from ..models import Channel, Matter
from ..resident.selectors import emergency_vocabulary
from ..services import caller_look, matter_report
from ..services.callers import Caller
from .forms import category_choices
from .intake import hints, intake_actor
from .intake_forms import SOURCES, PhoneRowForm
from .keeping import page

ROWS, MOST_ROWS = 10, 30


@dataclass(slots=True)
class Row:
    """One row of the table: what was typed, what came of it, and what helps with it."""

    number: int
    form: PhoneRowForm
    saved: Matter | None = None
    first: Matter | None = None
    caller: Caller | None = None
    refused: str = ""
    help: dict[str, Any] = field(default_factory=dict)


class Table:
    """The rows that one request is about, as one worker typed them."""

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        self.request, self.actor, self.typed = request, actor, request.POST
        self.choices = category_choices()
        self.rows = [self.row(number) for number in range(self._count())]

    def _count(self) -> int:
        asked = self.typed.get("rows", "")
        count = int(asked) if asked.isascii() and asked.isdigit() else ROWS
        return min(max(count + ("more" in self.typed), 1), MOST_ROWS)

    def row(self, number: int, *, is_sent: bool = False, is_blank: bool = False) -> Row:
        """Return a row as typed: bound, so that it is judged, only where it is being sent."""
        prefix = f"r{number}"
        if is_sent:
            form = PhoneRowForm(self.typed, prefix=prefix)
        else:
            said = {name: self.typed.get(f"{prefix}-{name}", "") for name in PhoneRowForm.base_fields}
            start = {} if is_blank else {name: value for name, value in said.items() if value}
            fresh = {"row_key": uuid4().hex, "channel": Channel.TELEPHONE}
            form = PhoneRowForm(prefix=prefix, initial={**fresh, **start})
        form.fields["category"].choices = self.choices  # type: ignore[attr-defined]
        form.offer_places(self.actor)
        return Row(number, form)

    def picked(self, name: str) -> int | None:
        """Return the row that a button of this name stands in, if it was pressed."""
        value = self.typed.get(name, "")
        is_row = value.isascii() and value.isdigit() and int(value) < len(self.rows)
        return int(value) if is_row else None

    def save(self, number: int) -> Row:
        """Take one row in; whatever is wrong with it stands beside its fields."""
        row = self.rows[number] = self.row(number, is_sent=True)
        if row.form.is_valid():
            try:
                row.saved = matter_report(
                    actor=self.actor,
                    place=row.form.chosen_place,
                    on_behalf=True,
                    request_key=row.form.cleaned_data["row_key"],
                    **row.form.report(),
                )
            except InvalidInput as refusal:
                row.form.take(refusal)
            except Refusal as refusal:
                row.form.add_error(None, f"{refusal.message}{refusal.hint}")
        if row.saved is None:
            row.first = selectors.matter_of_source(self.actor, row.form.origin())
        return row

    def save_all(self) -> list[Row]:
        """Take in every row in which something was written, one by one."""
        return [self.save(row.number) for row in self.rows if not row.form.is_blank]

    def look(self, number: int) -> Row:
        """Add to a row who calls, as far as this desk may know."""
        row = self.rows[number]
        try:
            row.caller = caller_look(actor=self.actor, phone=str(row.form["reporter_phone"].value() or ""))
        except Refusal as refusal:
            row.refused = refusal.message
        return row


@desk_page
def phone_desk_page(request: HttpRequest) -> HttpResponse:
    """Show the table, and take rows in: one, or all that are filled in."""
    table = Table(request, intake_actor(request))
    if request.method != "POST" or "more" in request.POST:
        return _more(request, table) if is_htmx(request) else _show(request, table)
    if (number := table.picked("look")) is not None:
        table.look(number)
        return _show(request, table)
    if (number := table.picked("only")) is not None:
        row = table.save(number)
        if is_htmx(request):
            return page(request, "phone_row", {"row": row}, 200 if row.saved else 422)
        return _after(request, table, [row])
    return _after(request, table, table.save_all())


def _more(request: HttpRequest, table: Table) -> HttpResponse:
    return page(request, "phone_row_more", {"row": table.rows[-1], "count": len(table.rows)})


def _after(request: HttpRequest, table: Table, sent: list[Row]) -> HttpResponse:
    """Say how many were taken in; what was not stays in the table with the reason."""
    taken = [row for row in sent if row.saved is not None]
    if taken:
        numbers = "、".join(row.saved.number for row in taken if row.saved)
        messages.success(request, _("已登记%(n)d件：%(numbers)s。") % {"n": len(taken), "numbers": numbers})
    if not sent:
        messages.info(request, _("表里还没有填写内容。"))
    waiting = [row for row in table.rows if row not in taken and not row.form.is_blank]
    if not waiting:
        return HttpResponseRedirect(f"{reverse('matters:phone_desk')}{'?done=1' if taken else ''}")
    for row in taken:
        table.rows[row.number] = table.row(row.number, is_blank=True)
    return _show(request, table, status=422 if len(taken) < len(sent) else 200)


def _show(request: HttpRequest, table: Table, status: int = 200) -> HttpResponse:
    context = {
        "rows": table.rows,
        "count": len(table.rows),
        "may_add": len(table.rows) < MOST_ROWS,
        "sources": SOURCES,
        "today": selectors.intake_today(table.actor),
        "emergency_words": emergency_vocabulary(),
        "is_done": "done" in request.GET,
    }
    return page(request, "phone_desk", context, status)


@require_POST
@desk_page
def phone_hints(request: HttpRequest) -> HttpResponse:
    """Answer with what helps with one row while it is typed: places, category, likely repeats."""
    actor = intake_actor(request)
    table = Table(request, actor)
    number = table.picked("row")
    row = table.rows[number or 0]
    token = str(row.form["place"].value() or "")
    if not token and len(row.form.choices) == 1:
        token = row.form.choices[0].token
    row.help = hints(actor, str(row.form["text"].value() or ""), token)
    return page(request, "phone_hints", {"row": row})


@require_POST
@desk_page
def caller_page(request: HttpRequest) -> HttpResponse:
    """Answer with who calls: the number's earlier matters, a recorded look."""
    actor = intake_actor(request)
    prefix = f"r{request.POST['row']}-" if request.POST.get("row", "").isdigit() else ""
    phone = request.POST.get(f"{prefix}reporter_phone", "")
    context: dict[str, Any] = {"name_field": f"id_{prefix}reporter_name"}
    try:
        context["caller"] = caller_look(actor=actor, phone=phone)
    except InvalidInput:
        context["caller"] = None  # a number that is not complete yet is no mistake
    response = page(request, "caller", context)
    response["Cache-Control"] = "no-store"
    return response
