"""Who may do what with accounts, units and roles, and the decorators that guard pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed, NotSignedIn

from .models import Account, Deputyship, PrivacyConsent, Role, Unit
from .privacy import notice_current
from .rules import UNIT_FUNCTIONS, functions_of_unit, is_above, lies_within

View = Callable[..., HttpResponse]
MACHINE_ROOM = frozenset({Function.SYSTEM, Function.OPERATOR})


def can_open_unit(actor: Actor, function: str, paths: tuple[str, ...]) -> bool:
    """Machine and operator; else the administrator of a higher level whose areas hold the unit's."""
    if actor.function in MACHINE_ROOM:
        return True
    return actor.is_unit_admin and is_above(actor.function, function) and lies_within(paths, actor.areas)


def can_change_unit(actor: Actor, unit: Unit) -> bool:
    """A unit's name, kind, areas and end are decided above it, never by itself."""
    return can_open_unit(actor, unit.function, unit.area_paths)


def can_manage_unit(actor: Actor, unit: Unit) -> bool:
    """The unit's own administrator, or somebody who may change the unit: people, roles, contact."""
    is_own = actor.is_unit_admin and actor.unit_id is not None and actor.unit_id == unit.pk
    return is_own or can_change_unit(actor, unit)


def can_grant_role(actor: Actor, unit: Unit, function: str, paths: tuple[str, ...]) -> bool:
    """Only functions of the unit, only inside its areas, only by those who manage it."""
    if function not in functions_of_unit(unit.function):
        return False
    return can_manage_unit(actor, unit) and (not paths or lies_within(paths, unit.area_paths))


def can_end_role(actor: Actor, role: Role) -> bool:
    """Those who manage the unit of the role."""
    return role.unit is not None and can_manage_unit(actor, role.unit)


def can_use_account(actor: Actor, account: Account) -> bool:
    """Whether the account is the actor's own, not one they stand in for."""
    return actor.account_id is not None and actor.account_id == account.pk


def can_manage_account(actor: Actor, account: Account) -> bool:
    """Those who manage the units of every role its person holds, so that nobody resets a superior.

    Of a person without a role any more: those who manage a unit of a former one.
    """
    if account.kind != Account.Kind.STAFF:
        return False
    if actor.function in MACHINE_ROOM:
        return True
    roles = Role.objects.filter(person_id=account.person_id).select_related("unit")
    held = [can_end_role(actor, role) for role in roles.valid_on(clock.today())]
    return all(held) if held else any(can_end_role(actor, role) for role in roles)


def can_link_identity(actor: Actor, account: Account) -> bool:
    """Those who manage the account, never for themselves: the common sign-in is another way in."""
    return can_manage_account(actor, account) and account.person_id not in actor.person_ids


def can_set_deputyship(actor: Actor, role: Role) -> bool:
    """The holder in person, or those who manage the unit; a deputy names no deputy."""
    if actor.deputy_for is not None:
        return False
    is_own = actor.person_id is not None and actor.person_id == role.person_id
    return is_own or can_end_role(actor, role)


def can_end_deputyship(actor: Actor, deputyship: Deputyship) -> bool:
    """Whoever could have set it."""
    return can_set_deputyship(actor, deputyship.role)


def can_administer(actor: Actor) -> bool:
    """Whether the pages for users and units show anything to this actor."""
    return actor.is_unit_admin or actor.function in MACHINE_ROOM


def functions_below(actor: Actor) -> frozenset[Function]:
    """Return the functions of units that the actor may open somewhere; nothing for others."""
    if actor.function in MACHINE_ROOM:
        return UNIT_FUNCTIONS
    if not actor.is_unit_admin:
        return frozenset()
    return frozenset(function for function in UNIT_FUNCTIONS if is_above(actor.function, function))


def can_look_up_units(actor: Actor) -> bool:
    """Whether the list of units shows anything to this actor."""
    return actor.is_governing or can_administer(actor)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a request as a plain value, not the lazy object that templates use."""
    lazy = cast(Actor, request.actor)  # type: ignore[attr-defined]
    return lazy.with_areas(lazy.areas)


def _sign_in_or_refuse(request: HttpRequest, url_name: str) -> HttpResponse:
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return redirect(f"{reverse(url_name)}?{urlencode({'next': request.get_full_path()})}")
    raise NotSignedIn


def _has_agreed(request: HttpRequest) -> bool:
    """Whether a resident has agreed to the notice in force; asked once a session."""
    actor, version = actor_of(request), notice_current().version
    if actor.function != Function.RESIDENT or actor.person_id is None:
        return True
    if request.session.get("privacy_version") == version:
        return True
    if not PrivacyConsent.objects.filter(
        person_id=actor.person_id, version=version, withdrawn_at__isnull=True
    ).exists():
        return False
    request.session["privacy_version"] = version
    return True


def actor_required(view: View) -> View:
    """Let signed-in persons through; others sign in first and come back to the same page."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not actor_of(request).is_signed_in:
            return _sign_in_or_refuse(request, "accounts:sign_in")
        if request.method == "GET" and not _has_agreed(request):
            here = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('accounts:privacy_agree')}?{here}")
        return view(request, *args, **kwargs)

    return inner


def staff_required(view: View) -> View:
    """Let people of the desk through; visitors sign in first, residents are refused."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)
        if not actor.is_signed_in:
            return _sign_in_or_refuse(request, "accounts:staff_sign_in")
        if not actor.is_staff:
            raise NotAllowed(
                _("这里是工作人员的页面。"), hint=_("请返回首页；如您是工作人员，请用工作账号登录。")
            )
        return view(request, *args, **kwargs)

    return inner


def administrator_required(view: View) -> View:
    """Let administrators of units and operators through."""

    @wraps(view)
    @staff_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_administer(actor_of(request)):
            raise NotAllowed(_("只有单位管理员可以管理人员和单位。"), hint=_("请联系本单位的管理员办理。"))
        return view(request, *args, **kwargs)

    return inner
