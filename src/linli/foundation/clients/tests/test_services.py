"""Clients opened, changed, closed; tokens issued and revoked; what is refused changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from linli.core import clock
from linli.core.actor import Function, Scope, system
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.foundation.audit.words import actor_names
from linli.foundation.clients import services
from linli.foundation.clients.models import Client, ClientToken, TokenUse
from linli.foundation.clients.selectors import client_list, token_find, token_list
from linli.foundation.clients.tests.factories import Machine, machine
from tests.people import Cast

GOOD = {
    "name": "12345热线平台",
    "scopes": [Scope.MATTERS_READ, Scope.MATTERS_REPORT],
    "addresses": "10.1.2.3",
    "requests_a_minute": 60,
    "contact_name": "李工",
    "contact_phone": "021-12345678",
}


def said(cast: Cast, **more: Any) -> dict[str, Any]:
    last_day = clock.today() + timedelta(days=90)
    return {**GOOD, "areas": [cast.places["street_place"]], "expires_on": last_day, **more}


@pytest.fixture
def nothing_written() -> Callable[[], None]:
    """A check to be called before and after a refusal."""
    seen: list[str] = []

    def check() -> None:
        tables = [m._meta.db_table for m in apps.get_app_config("clients").get_models(True)]
        with connection.cursor() as cursor:
            found = []
            for table in [*tables, AuditRecord._meta.db_table]:
                cursor.execute(f'SELECT * FROM "{table}"')
                found.append(repr(sorted(map(repr, cursor.fetchall()))))
        seen.append(repr(found))
        assert seen[0] == seen[-1], "a refusal changed something"

    return check


def test_a_client_is_opened_and_recorded(cast: Cast) -> None:
    actor, unit = cast.actor("street"), cast.units["street_unit"]
    client = services.client_open(actor=actor, unit=unit, **said(cast))
    stored = Client.objects.get(pk=client.pk)
    assert (stored.name, stored.scopes) == ("12345热线平台", ["matters.read", "matters.report"])
    assert (stored.addresses, stored.contact_name) == ("10.1.2.3/32", "李工")
    assert stored.area_paths == (cast.places["street_place"].path,)
    record = AuditRecord.objects.get(verb="client.open")
    assert (record.subject_id, record.person_id) == (str(client.public_id), actor.person_id)
    assert record.area_path == cast.places["street_place"].path


@pytest.mark.parametrize(
    ("who", "unit"),
    [
        ("street", "street_unit"),
        ("street", "chengguan"),
        ("operator", "city_unit"),
        ("worker", "committee_a"),
    ],
)
def test_who_may_open_one(cast: Cast, who: str, unit: str) -> None:
    areas = list(cast.units[unit].areas.all())
    given = said(cast, areas=areas, scopes=[Scope.PLACES_READ])
    assert services.client_open(actor=cast.actor(who), unit=cast.units[unit], **given).pk


@pytest.mark.parametrize(
    ("who", "unit", "place"),
    [
        ("street2", "street_unit", "street_place"),  # no administrator
        ("other_street", "street_unit", "street_place"),
        ("worker", "street_unit", "street_place"),  # from below
        ("street", "street_unit", "other_street_place"),  # outside the unit
        ("street", "committee_a", "street_place"),  # wider than the unit
        ("resident", "street_unit", "street_place"),
        ("visitor", "street_unit", "street_place"),
    ],
)
def test_who_may_not(
    cast: Cast, nothing_written: Callable[[], None], who: str, unit: str, place: str
) -> None:
    nothing_written()
    with pytest.raises(NotAllowed):
        services.client_open(
            actor=cast.actor(who), unit=cast.units[unit], **said(cast, areas=[cast.places[place]])
        )
    nothing_written()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("scopes", []),
        ("scopes", ["matters.everything"]),
        ("scopes", [Scope.MATTERS_ACT]),  # a governing unit is handed nothing
        ("addresses", "10.1.2"),
        ("requests_a_minute", 0),
        ("requests_a_minute", 6001),
        ("areas", []),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    cast: Cast, nothing_written: Callable[[], None], field: str, value: Any
) -> None:
    nothing_written()
    with pytest.raises(InvalidInput) as refusal:
        services.client_open(
            actor=cast.actor("street"), unit=cast.units["street_unit"], **said(cast, **{field: value})
        )
    nothing_written()
    assert list(refusal.value.details) == [field]


@pytest.mark.parametrize("days", [-1, 367])
def test_nothing_is_granted_for_longer_than_a_year(cast: Cast, days: int) -> None:
    given = said(cast, expires_on=clock.today() + timedelta(days=days))
    with pytest.raises(InvalidInput, match="一年"):
        services.client_open(actor=cast.actor("street"), unit=cast.units["street_unit"], **given)


def test_a_name_stands_once_in_a_unit_until_it_is_closed(cast: Cast) -> None:
    actor, unit = cast.actor("street"), cast.units["street_unit"]
    first = services.client_open(actor=actor, unit=unit, **said(cast))
    with pytest.raises(InvalidInput, match="同名"):
        services.client_open(actor=actor, unit=unit, **said(cast))
    services.client_close(actor=actor, client=first)
    assert services.client_open(actor=actor, unit=unit, **said(cast)).pk != first.pk


def test_a_change_is_recorded_field_by_field(cast: Cast) -> None:
    actor = cast.actor("street")
    client = services.client_open(actor=actor, unit=cast.units["street_unit"], **said(cast))
    later = said(cast, scopes=[Scope.MATTERS_READ], areas=[cast.places["committee_a_place"]])
    services.client_update(actor=actor, client=client, **later)
    stored = Client.objects.get(pk=client.pk)
    assert (stored.scopes, stored.area_paths) == (["matters.read"], (cast.places["committee_a_place"].path,))
    assert list(AuditRecord.objects.get(verb="client.update").changes) == ["scopes"]
    with pytest.raises(NotAllowed):
        services.client_update(actor=cast.actor("worker"), client=client, **later)


def test_a_token_is_shown_once_and_kept_as_a_digest(cast: Cast) -> None:
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ)
    assert token_find(found.secret) == found.token
    assert token_find(f"{found.secret}x") is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clients_clienttoken")
        assert found.secret not in repr(cursor.fetchall())
    assert found.secret.startswith(found.token.prefix)
    assert len(found.token.prefix) == 12


def test_five_tokens_stand_at_once(cast: Cast) -> None:
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ)
    actor = cast.actor("street")
    for _ in range(4):
        services.token_issue(actor=actor, client=found.client)
    with pytest.raises(Conflict):
        services.token_issue(actor=actor, client=found.client)
    services.token_revoke(actor=actor, token=found.token)
    assert services.token_issue(actor=actor, client=found.client).secret
    with pytest.raises(Conflict):
        services.token_revoke(actor=actor, token=found.token)


@pytest.mark.parametrize("who", ["street2", "other_street", "worker", "resident"])
def test_tokens_are_for_those_who_manage_the_unit(cast: Cast, who: str) -> None:
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ)
    for act in (
        lambda actor: services.token_issue(actor=actor, client=found.client),
        lambda actor: services.token_revoke(actor=actor, token=found.token),
        lambda actor: services.client_close(actor=actor, client=found.client),
    ):
        with pytest.raises(NotAllowed):
            act(cast.actor(who))
    assert ClientToken.objects.filter(revoked_at__isnull=True).count() == 1


def test_a_client_manages_nothing(cast: Cast) -> None:
    found = machine(cast, "street_unit", "street_place", *(Scope.MATTERS_READ, Scope.MATTERS_REPORT))
    with pytest.raises(NotAllowed):
        services.token_issue(actor=found.actor, client=found.client)
    assert not client_list(found.actor).exists()


def test_closing_revokes_every_token(cast: Cast) -> None:
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ)
    services.client_close(actor=cast.actor("street"), client=found.client)
    assert not ClientToken.objects.filter(revoked_at__isnull=True).exists()
    assert AuditRecord.objects.filter(verb="token.revoke").count() == 1
    with pytest.raises(Conflict):
        services.token_issue(actor=cast.actor("street"), client=found.client)


def test_requests_are_counted_by_the_minute_and_forgotten_after_a_month(cast: Cast, clock_held: Any) -> None:
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ, requests_a_minute=2)
    usages = [_use(found) for _ in range(3)]
    assert [(u.remaining, u.is_over) for u in usages] == [(1, False), (0, False), (0, True)]
    clock.clock_forward(timedelta(minutes=1))
    assert _use(found).remaining == 1
    assert [row.count for row in TokenUse.objects.order_by("minute")] == [3, 1]
    assert token_list(found.client).get().used_today == 4
    clock.clock_forward(timedelta(days=32))
    with pytest.raises(NotAllowed):
        services.uses_clear(actor=cast.actor("operator"))
    assert services.uses_clear(actor=system("housekeeping")) == 2


def _use(found: Machine) -> services.Usage:
    token = token_find(found.secret)
    assert token is not None
    return services.token_use(actor=found.actor, token=token)


@pytest.fixture
def clock_held(clock: Any) -> Any:
    """The clock stands still; the module of the same name moves it."""
    return clock


def test_the_record_calls_a_client_by_its_name(cast: Cast) -> None:
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ, name="城运中心")
    assert found.actor.function == Function.CLIENT
    assert actor_names([found.actor.key, "person:1"]) == {found.actor.key: "城运中心"}
