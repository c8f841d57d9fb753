"""Adding and changing one condition, and a group of them, in a form; moving and taking out by a press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from ...language.columns import columns
from ...models import Policy, PolicyVersion
from .. import selectors
from ..checked import draft_of
from ..condition_forms import FORMS, GroupForm, LeafForm
from ..edits import NoSuchPlace, group_of, node_at, path_of, settled
from ..leaves import Kind, facts_offered, kind_of_fact, node_of, typed_of
from ..permissions import can_write_policy
from ..saying import leaf_words
from ..services.conditions import condition_act, condition_add, condition_change, group_change
from ..shown import names_known
from .shared import number_of, page, to_place, work_of

KINDS = {
    Kind.AGE: (gettext_lazy("年龄"), gettext_lazy("例如：年满65周岁、不满16周岁")),
    Kind.HOUSEHOLD: (gettext_lazy("家庭收入"), gettext_lazy("例如：家庭人均月收入低于低保标准")),
    Kind.COUNT: (gettext_lazy("家里有几个什么年龄的人"), gettext_lazy("例如：有3周岁以下的孩子")),
    Kind.SINCE: (gettext_lazy("从某天算起多久"), gettext_lazy("例如：孩子出生不满36个月")),
    Kind.POLICY: (gettext_lazy("符合另一项政策"), gettext_lazy("例如：符合最低生活保障")),
}
DONE = {
    "up": gettext_lazy("已上移。"),
    "down": gettext_lazy("已下移。"),
    "remove": gettext_lazy("已删去；删错了可以撤销。"),
    "dissolve": gettext_lazy("这一组已解散。"),
}


def _draft_to_change(request: HttpRequest, public_id: UUID) -> PolicyVersion:
    version = work_of(request, public_id)
    if not can_write_policy(actor_of(request), version.policy):
        raise NotAllowed(_("这项政策由制定它的区或市的工作人员修改。"))
    return version


def _node(version: PolicyVersion, place: str) -> dict[str, Any]:
    try:
        return node_at(settled(draft_of(version)), path_of(place))
    except NoSuchPlace as error:
        raise NotFound(_("草稿里没有这个条件。"), hint=_("别人可能改过草稿，请看最新的。")) from error


@desk_page
def add_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose what a new condition is about, then type it."""
    version = _draft_to_change(request, public_id)
    place, fact = request.GET.get("in", "when"), request.GET.get("fact", "")
    if place != "when":
        _node(version, place)
    kind = _kind_asked(request.GET.get("kind", ""), fact)
    if kind is None:
        return page(request, "condition_choose", _choosing(version, place))
    return _typed_page(request, version, place, kind, fact, is_new=True)


def _kind_asked(kind: str, fact: str) -> Kind | None:
    if fact:
        if fact not in columns():
            raise NotFound(_("没有这个事实。"))
        return kind_of_fact(fact)
    return Kind(kind) if kind in KINDS else None


def _choosing(version: PolicyVersion, place: str) -> dict[str, Any]:
    is_of_members = ".members." in place
    of_household = version.policy.unit == Policy.Unit.HOUSEHOLD and not is_of_members
    left_out = {Kind.AGE, Kind.SINCE} if of_household else set[Kind]()
    left_out |= {Kind.COUNT} if is_of_members else set()
    kinds = [(kind.value, *words) for kind, words in KINDS.items() if kind not in left_out]
    facts = [
        (_("这一家的") if whose == "household" else _("这个人的"), rows)
        for whose, rows in facts_offered(of_household)
    ]
    return {
        "policy": version.policy,
        "place": place,
        "kinds": kinds,
        "facts": facts,
        "of_household": of_household,
    }


@desk_page
def change_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Type a condition anew; one that no form can say is shown as it stands."""
    version = _draft_to_change(request, public_id)
    place = request.GET.get("at", "")
    node = _node(version, place)
    if group_of(node) is not None:
        return to_place("group", public_id, place)
    found = typed_of(node)
    if found is None:
        context = {"policy": version.policy, "words": leaf_words(node, names_known()), "place": place}
        return page(request, "condition_text", context)
    kind, typed = found
    return _typed_page(request, version, place, kind, str(typed.get("fact", "")), typed=typed)


def _typed_page(
    request: HttpRequest,
    version: PolicyVersion,
    place: str,
    kind: Kind,
    fact: str,
    *,
    typed: dict[str, Any] | None = None,
    is_new: bool = False,
) -> HttpResponse:
    form = _form(request, version, kind, fact, {"lock": version.lock, **(typed or {})})
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, version, place, kind, form, is_new)
        except InvalidInput as refusal:
            form.take(refusal)
    heading = str(columns()[fact].label) if fact and kind not in KINDS else str(KINDS[kind][0])
    context = {
        "policy": version.policy,
        "version": version,
        "form": form,
        "heading": heading,
        "is_new": is_new,
        "place": place,
    }
    return page(request, "condition", context, 422 if form.errors else 200)


def _form(
    request: HttpRequest, version: PolicyVersion, kind: Kind, fact: str, initial: dict[str, Any]
) -> LeafForm:
    standards = [(code, row.name) for code, row in selectors.standard_codes().items() if row.is_money]
    others = Policy.objects.exclude(pk=version.policy_id).order_by("name").values_list("code", "name")
    about = "" if kind in (Kind.HOUSEHOLD, Kind.AGE) else fact
    return FORMS[kind](
        request.POST if request.method == "POST" else None,
        initial=initial,
        fact=about,
        standards=standards,
        policies=list(others),
    )


def _saved(
    request: HttpRequest, version: PolicyVersion, place: str, kind: Kind, form: LeafForm, is_new: bool
) -> HttpResponse:
    act = condition_add if is_new else condition_change
    act(
        actor=actor_of(request),
        policy_id=version.policy_id,
        lock=form.cleaned_data["lock"],
        place=place,
        node=node_of(kind, form.node_typed()),
    )
    messages.success(request, _("已添加条件。") if is_new else _("已改好。"))
    return redirect("benefits:draft", version.policy.public_id)


@desk_page
def group_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say how a group is joined, or put a condition into a group of its own."""
    version = _draft_to_change(request, public_id)
    place = request.GET.get("at", "")
    node = _node(version, place)
    group = group_of(node)
    initial: dict[str, Any] = {"lock": version.lock}
    if group is not None:
        held = node.get("at_least")
        count = held.get("count") if isinstance(held, dict) else None
        words = {"label": node.get("label", ""), "clause": node.get("clause", "")}
        initial |= {"group": group.value, "count": count, **words}
    form = GroupForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        group_change(actor=actor_of(request), policy_id=version.policy_id, place=place, **form.cleaned_data)
        messages.success(request, _("已改好。"))
        return redirect("benefits:draft", public_id)
    context = {"policy": version.policy, "form": form, "is_new": group is None, "place": place}
    return page(request, "group", context, 422 if form.errors else 200)


@require_POST
@desk_page
def act_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Move a condition, take it out, dissolve a group."""
    version = work_of(request, public_id)
    act = request.POST.get("act", "")
    condition_act(
        actor=actor_of(request),
        policy_id=version.policy_id,
        lock=number_of(request.POST.get("lock")),
        place=request.POST.get("at", ""),
        act=act,
    )
    messages.success(request, str(DONE[act]))
    return to_place("draft", public_id, request.POST.get("back", ""))
