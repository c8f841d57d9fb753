"""The named cast: one small world, built through the services, for the tests of every room.

``cast`` is a fixture everywhere (the root ``conftest.py`` loads this file). Places are made directly,
people and units through the services of accounts. All names, numbers and codes are invented.
"""

import copyreg
import pickle
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from linli.core.actor import Actor, Function, system, visitor
from linli.core.clock import clock_at, local_midnight, today
from linli.core.crypto import DataKey
from linli.foundation.accounts import selectors
from linli.foundation.accounts.models import Account, Person, Role, Unit
from linli.foundation.accounts.privacy import notice_current
from linli.foundation.accounts.services import (
    account_create_staff,
    code_send,
    code_try,
    name_change,
    resident_enter,
    unit_open,
)
from linli.foundation.places.models import Division, Level

# People of a world that is copied have their keys with them.
copyreg.pickle(DataKey, lambda key: (DataKey, (key._secret, key._kind)))
SETUP = system("setup")
SINCE = date(2020, 1, 1)
PASSWORD = "Linli-test-2026"
PLACES = (
    # name in the cast, code, name, level, parent
    ("province", "99", "测试市", Level.PROVINCE, ""),
    ("prefecture", "9901", "市辖区", Level.CITY, "province"),
    ("district_place", "990101", "临江区", Level.COUNTY, "prefecture"),
    ("street_place", "990101001", "桂花街道", Level.STREET, "district_place"),
    ("committee_a_place", "990101001001", "桂花第一居委会", Level.COMMITTEE, "street_place"),
    ("committee_b_place", "990101001002", "桂花第二居委会", Level.COMMITTEE, "street_place"),
    ("other_street_place", "990101002", "梧桐街道", Level.STREET, "district_place"),
    ("other_committee_place", "990101002001", "梧桐第一居委会", Level.COMMITTEE, "other_street_place"),
    ("other_district_place", "990102", "望山区", Level.COUNTY, "prefecture"),
)
UNITS = (
    # name in the cast, name, function, kind, parent, places
    ("city_unit", "测试市社区治理办", Function.CITY, "", "", ("province",)),
    ("district_unit", "临江区地区办", Function.DISTRICT, "", "city_unit", ("district_place",)),
    ("other_district_unit", "望山区地区办", Function.DISTRICT, "", "city_unit", ("other_district_place",)),
    ("street_unit", "桂花街道办事处", Function.STREET, "", "district_unit", ("street_place",)),
    ("other_street_unit", "梧桐街道办事处", Function.STREET, "", "district_unit", ("other_street_place",)),
    ("committee_a", "桂花第一居委会", Function.COMMITTEE, "", "street_unit", ("committee_a_place",)),
    ("committee_b", "桂花第二居委会", Function.COMMITTEE, "", "street_unit", ("committee_b_place",)),
    (
        "other_committee",
        "梧桐第一居委会",
        Function.COMMITTEE,
        "",
        "other_street_unit",
        ("other_committee_place",),
    ),
    ("chengguan", "桂花街道城管中队", Function.DEPARTMENT, "城管", "street_unit", ("street_place",)),
    ("fangguan", "桂花街道房管所", Function.DEPARTMENT, "房管", "street_unit", ("street_place",)),
    ("wuye", "安居物业公司", Function.PROPERTY, "物业", "street_unit", ("committee_a_place",)),
    ("supervision", "临江区监督室", Function.SUPERVISOR, "", "district_unit", ("district_place",)),
    ("operations", "平台运维", Function.OPERATOR, "", "", ()),
)
STAFF = (
    # name in the cast, name, unit, function, is the unit's administrator
    ("worker", "赵敏", "committee_a", Function.COMMITTEE, True),
    ("worker2", "钱佳", "committee_a", Function.COMMITTEE, False),
    ("grid_worker", "孙力", "committee_a", Function.GRID_WORKER, False),
    ("worker_b", "周婷", "committee_b", Function.COMMITTEE, True),
    ("other_worker", "吴桐", "other_committee", Function.COMMITTEE, True),
    ("street", "郑刚", "street_unit", Function.STREET, True),
    ("street2", "冯洁", "street_unit", Function.STREET, False),
    ("other_street", "陈林", "other_street_unit", Function.STREET, True),
    ("district", "褚伟", "district_unit", Function.DISTRICT, True),
    ("other_district", "卫山", "other_district_unit", Function.DISTRICT, True),
    ("city", "蒋欣", "city_unit", Function.CITY, True),
    ("department", "沈浩", "chengguan", Function.DEPARTMENT, True),
    ("department2", "韩冰", "chengguan", Function.DEPARTMENT, False),
    ("department_b", "杨帆", "fangguan", Function.DEPARTMENT, False),
    ("property", "朱强", "wuye", Function.PROPERTY, True),
    ("supervisor", "秦明", "supervision", Function.SUPERVISOR, False),
    ("operator", "尤勇", "operations", Function.OPERATOR, False),
)
RESIDENTS = (
    # name in the cast, how they are called, phone
    ("resident", "王阿姨", "13900000001"),
    ("neighbour", "李叔", "13900000002"),
)
# Tables (by how their names begin) that say who may act in what role and where.
MADE_OF = ('"accounts_role', '"accounts_unit', '"accounts_deputyship', '"places_division')


class Actors:
    """The actors of a module's world, each read once for all its tests; anew in a test that changed any."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Actor] = {}
        self._is_changed = False

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Forget everybody when something is written that an actor is made of (``execute_wrapper``)."""
        if not sql.startswith("SELECT") and any(table in sql for table in MADE_OF):
            self._is_changed = True
            self._known.clear()
        return execute(sql, params, many, context)

    def begin(self) -> None:
        """Begin a test: what the one before it wrote has been undone."""
        self._is_changed = False

    def get(self, who: Hashable, read: Callable[[], Actor]) -> Actor:
        """Return who acts, by ``read`` unless that is known."""
        if self._is_changed:
            return read()
        if who not in self._known:
            self._known[who] = read()
        return self._known[who]


@dataclass
class Cast:
    """Everybody and everything by name: ``cast.actor("worker")``, ``cast.units["wuye"]``."""

    places: dict[str, Division] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    actors: Actors | None = None

    @property
    def names(self) -> list[str]:
        """Everybody who has an account."""
        return list(self.accounts)

    def person(self, name: str) -> Person:
        """The person behind an account."""
        return self.accounts[name].person

    def role(self, name: str) -> Role:
        """The first role that a staff member may act in."""
        return selectors.role_list(self.person(name))[0]

    def actor(self, name: str) -> Actor:
        """The actor that a page would see; ``visitor`` is somebody without an account."""
        if name == "visitor":
            return visitor("0" * 32)
        account = self.accounts[name]
        if self.actors is None:
            return _actor_of(account)
        who = (account.pk, account.kind, account.person_id, account.person.name, today())
        return self.actors.get(who, lambda: _actor_of(account))

    def client(self, name: str) -> Client:
        """A browser in which this person is signed in (nobody, for ``visitor``)."""
        client = Client()
        if name != "visitor":
            client.force_login(self.accounts[name], backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client


def _actor_of(account: Account) -> Actor:
    roles = selectors.role_list(account.person) if account.kind == Account.Kind.STAFF else []
    if roles:
        return selectors.actor_of_role(account, roles[0])
    return selectors.actor_of_resident(account)


def place_make(code: str, name: str, level: int, parent: Division | None) -> Division:
    """Make a division below ``parent``."""
    path = f"{parent.path if parent else ''}{code}/"
    return Division.objects.create(
        code=code, name=name, short_name=name, level=level, parent=parent, path=path, valid_from=SINCE
    )


def staff_make(
    cast: Cast, key: str, name: str, unit: Unit, function: str, *, is_admin: bool = False
) -> Account:
    """Make a staff member with one role; the password is ``PASSWORD``."""
    made = account_create_staff(
        actor=SETUP,
        unit=unit,
        function=function,
        name=name,
        username=key.replace("_", "-"),
        is_unit_admin=is_admin,
        password=PASSWORD,
    )
    cast.accounts[key] = made.account
    return made.account


def resident_make(cast: Cast, key: str, name: str, phone: str) -> Account:
    """Let a resident sign up with a code, and give the name they want to be called by."""
    actor = visitor("1" * 32)
    code = _code_for(actor, phone)
    tried = code_try(actor=actor, phone=phone, code=code, purpose="sign_in")
    account = resident_enter(actor=actor, phone=phone, tried=tried, privacy_version=notice_current().version)
    name_change(actor=selectors.actor_of_resident(account), name=name)
    cast.accounts[key] = Account.objects.get(pk=account.pk)
    return cast.accounts[key]


def _code_for(actor: Actor, phone: str) -> str:
    before = settings.SHOW_CODES
    settings.SHOW_CODES = True
    try:
        sent = code_send(actor=actor, phone=phone, purpose="sign_in", address="192.0.2.1")
    finally:
        settings.SHOW_CODES = before
    return sent.shown


def cast_build() -> Cast:
    """Build the whole world as of ``SINCE``: about 35 services, under a second with the test hasher."""
    with clock_at(local_midnight(SINCE)):
        return _build()


def _build() -> Cast:
    cast = Cast()
    for key, code, name, level, parent in PLACES:
        cast.places[key] = place_make(code, name, level, cast.places.get(parent))
    for key, name, function, kind, parent, places in UNITS:
        cast.units[key] = unit_open(
            actor=SETUP,
            name=name,
            function=function,
            kind=kind,
            parent=cast.units.get(parent),
            areas=[cast.places[place] for place in places],
            phone="021-00000000",
            opened_on=SINCE,
        )
    for key, name, unit, function, is_admin in STAFF:
        staff_make(cast, key, name, cast.units[unit], function, is_admin=is_admin)
    for key, name, phone in RESIDENTS:
        resident_make(cast, key, name, phone)
    return cast


@pytest.fixture(scope="module")
def actors() -> Iterator[Actors]:
    """Who acts in the module's world."""
    found = Actors()
    with connection.execute_wrapper(found.watch):
        yield found


@pytest.fixture(scope="module")
def cast_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The named cast, built once for a module inside one transaction that is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield cast_build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def pickled(cast_pickled: bytes, django_db_blocker: Any) -> Callable[[Callable[[Cast], Any]], bytes]:
    """Build more of the module's world as of a Tuesday morning; a test gets a copy of it (``copied``)."""
    from conftest import TUESDAY_MORNING

    def build(make: Callable[[Cast], Any]) -> bytes:
        with django_db_blocker.unblock(), clock_at(TUESDAY_MORNING):
            return pickle.dumps(make(pickle.loads(cast_pickled)), pickle.HIGHEST_PROTOCOL)

    return build


def copied(world: bytes, actors: Actors) -> Any:
    """Return a test's own copy of a world that has a ``cast``."""
    copy = pickle.loads(world)
    copy.cast.actors = actors
    return copy


@pytest.fixture(scope="module")
def cast_pickled(cast_of_module: Cast) -> bytes:
    """The named cast as bytes: a copy made from them takes a twentieth of the time of ``deepcopy``."""
    return pickle.dumps(cast_of_module, pickle.HIGHEST_PROTOCOL)


@pytest.fixture
def actors_of_test(actors: Actors, db: None) -> Actors:
    """Who acts in a test, before it has changed any."""
    actors.begin()
    return actors


@pytest.fixture
def cast(cast_pickled: bytes, actors_of_test: Actors) -> Cast:
    """The named cast; what a test does to it, in the database and in memory, is undone.

    A test that commits for good (``transaction=True``) calls ``cast_build`` itself.
    """
    copy: Cast = pickle.loads(cast_pickled)
    copy.actors = actors_of_test
    return copy
