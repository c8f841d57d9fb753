"""The access table: what every URL answers to every role, read from ``access_table.yaml``.

A URL that is not in the table fails, a line for a URL that is gone fails, and so does any answer that
differs. How to add a line stands at the head of the YAML file.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linli.core.errors import Refusal
from linli.foundation.accounts import middleware
from linli.foundation.ui import refusals
from tests.access_subjects import BUILDERS
from tests.people import Cast

TABLE = Path(__file__).with_name("access_table.yaml")
# role of the table → who plays it
ROLES = {
    "visitor": "visitor",
    "resident": "resident",
    "other_resident": "neighbour",
    "grid_worker": "grid_worker",
    "committee": "worker",
    "committee_staff": "worker2",
    "committee_other": "worker_b",
    "street": "street",
    "street_other": "other_street",
    "district": "district",
    "district_other": "other_district",
    "city": "city",
    "department": "department",
    "department_other": "department_b",
    "property": "property",
    "supervisor": "supervisor",
    "operator": "operator",
}
REST = "rest"
PARTS = 4  # so that two workers share the minutes it takes


def urls(
    patterns: list[URLPattern | URLResolver], space: str = "", start: str = ""
) -> Iterator[tuple[str, str]]:
    """Return the full name and the route of every page and interface there is."""
    for pattern in patterns:
        route = f"{start}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from urls(pattern.url_patterns, inner, route)
        else:
            yield f"{space}{pattern.name}", route


def routes_by_name() -> dict[str, list[str]]:
    """Return name → routes; in an interface several routes may share one name."""
    found: dict[str, list[str]] = {}
    for name, route in urls(get_resolver().url_patterns):
        found.setdefault(name, []).append(route)
    return found


def answers(case: dict[str, Any]) -> dict[str, int]:
    """Return role → status of one case; ``rest`` stands for the roles that no other line names."""
    named: dict[str, int] = {}
    rest: int | None = None
    for status, roles in case["answers"].items():
        for role in roles.split():
            if role == REST:
                rest = int(status)
            elif role not in ROLES:
                raise ValueError(f"no role {role}")
            elif role in named:
                raise ValueError(f"{role} is named twice")
            else:
                named[role] = int(status)
    missing = [role for role in ROLES if role not in named]
    if missing and rest is None:
        raise ValueError(f"no answer for {', '.join(missing)}")
    return {role: named.get(role, rest or 0) for role in ROLES}


def cases(lines: Any) -> list[dict[str, Any]]:
    """Return the cases of one URL: a list, or a single one."""
    return lines if isinstance(lines, list) else [lines]


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    """The table as it stands in the file."""
    loaded: dict[str, Any] = yaml.safe_load(TABLE.read_text())
    return loaded


def test_every_url_is_in_the_table_and_no_other(table: dict[str, Any]) -> None:
    known = set(routes_by_name())
    assert sorted(known - set(table)) == [], "URLs without a line in tests/access_table.yaml"
    assert sorted(set(table) - known) == [], "lines without a URL in tests/access_table.yaml"


def test_every_route_that_shares_a_name_is_asked_for(table: dict[str, Any]) -> None:
    missing = []
    for name, routes in routes_by_name().items():
        asked = {route for case in cases(table.get(name, [])) for route in case.get("routes", [])}
        ends = {route.rsplit("/", 1)[-1] for route in routes} if len(routes) > 1 else set()
        missing += [f"{name} …/{end}" for end in sorted(ends ^ asked)]
    assert missing == [], "routes to add to (or take from) `routes` of a case"


def test_every_case_names_every_role(table: dict[str, Any]) -> None:
    for name, lines in table.items():
        for case in cases(lines):
            assert set(case) <= {"method", "args", "query", "send", "json", "routes", "answers"}, name
            assert answers(case), name


class Browsers:
    """One signed-in browser a role, as fresh for every request as if nothing had happened before."""

    def __init__(self, cast: Cast) -> None:
        self._clients = {role: cast.client(name) for role, name in ROLES.items()}

    def ask(self, role: str, method: str, address: str, sent: dict[str, Any], *, is_json: bool) -> int:
        """Return the status; whatever the request wrote is undone, and its cookies are forgotten."""
        client = self._clients[role]
        client.raise_request_exception = False
        kept = client.cookies.copy()
        with transaction.atomic():
            more = {"content_type": "application/json"} if is_json else {}
            status: int = getattr(client, method)(address, sent, **more).status_code
            transaction.set_rollback(True)
        client.cookies = kept
        return status


def addresses(name: str, case: dict[str, Any], subjects: dict[str, Any]) -> list[str]:
    """Return what a case asks for: one address, or one for each of its ``routes``."""
    arguments = {key: subjects.get(str(value), value) for key, value in case.get("args", {}).items()}
    query = f"?{case['query']}" if "query" in case else ""
    if "routes" not in case:
        return [reverse(name, kwargs=arguments) + query]
    wanted = [route for route in routes_by_name()[name] if route.rsplit("/", 1)[-1] in case["routes"]]
    return [
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(arguments[part[1]]), route) for route in wanted
    ]


def wanted_and_got(
    browsers: Browsers, subjects: dict[str, Any], name: str, case: dict[str, Any]
) -> Iterator[str]:
    """Ask as every role and tell the differences."""
    method = case.get("method", "get")
    sent = {key: subjects.get(str(value), value) for key, value in case.get("send", {}).items()}
    for address in addresses(name, case, subjects):
        for role, wanted in answers(case).items():
            got = browsers.ask(role, method, address, case.get("json", sent), is_json="json" in case)
            if got != wanted:
                yield f"{method.upper()} {name} {address} as {role}: {got}, the table says {wanted}"


@pytest.fixture
def spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare thousands of requests what is the same each time and costs nearly half of them.

    Who acts is read once for each browser, for every request is undone; refusals come without their page;
    which view answers at an address is found once for all who ask there.
    """
    actors: dict[str, tuple[Any, Any]] = {}
    roles: dict[str, Any] = {}
    load, role_list = middleware._load, middleware._roles

    def load_once(request: Any) -> Any:
        key = request.session.session_key
        if key is None:
            return load(request)
        if key not in actors:
            actors[key] = load(request), request.whole_areas
        actor, request.whole_areas = actors[key]
        return actor

    def roles_once(request: Any) -> Any:
        key = request.session.session_key
        if key not in roles:
            roles[key] = role_list(request)
        return roles[key]

    def bare(_request: Any, refusal: Refusal, _number: str) -> HttpResponse:
        return HttpResponse(status=refusal.status)

    monkeypatch.setattr(middleware, "_load", load_once)
    monkeypatch.setattr(middleware, "_roles", roles_once)
    monkeypatch.setattr(refusals, "_as_html", bare)
    resolver = get_resolver()
    monkeypatch.setattr(resolver, "resolve", lru_cache(maxsize=8)(resolver.resolve))


@pytest.fixture(scope="module")
def world(cast_of_module: Cast, django_db_blocker: Any) -> tuple[Browsers, dict[str, Any]]:
    """Everybody's browser, and the records that the table speaks of, made once for all parts."""
    with django_db_blocker.unblock():
        subjects: dict[str, Any] = {}
        for build in BUILDERS:
            subjects |= build(cast_of_module)
        return Browsers(cast_of_module), subjects


@pytest.mark.django_db
@pytest.mark.usefixtures("spared")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_url_answers_every_role_as_the_table_says(
    world: tuple[Browsers, dict[str, Any]], table: dict[str, Any], part: int
) -> None:
    known, (browsers, subjects) = routes_by_name(), world
    wrong = [
        difference
        for name, lines in list(table.items())[part::PARTS]
        if name in known
        for case in cases(lines)
        for difference in wanted_and_got(browsers, subjects, name, case)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_table_bites(cast: Cast) -> None:
    case = {"answers": {"200": "rest"}}
    wrong = list(wanted_and_got(Browsers(cast), {}, "accounts:staff_list", case))
    assert any("as visitor: 302" in line for line in wrong)
    assert any("as resident: 403" in line for line in wrong)
    assert not any("as committee:" in line for line in wrong)
