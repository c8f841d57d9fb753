"""The access table: what every URL answers to every role, read from ``access_table.yaml``.

A URL that is not in the table fails, a line for a URL that is gone fails, and so does any answer that
differs. How to add a line stands at the head of the YAML file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

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


def url_names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Return the full name of every page and interface there is."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from url_names(pattern.url_patterns, space)
        else:
            yield f"{prefix}{pattern.name}"


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
    known = set(url_names(get_resolver().url_patterns))
    assert sorted(known - set(table)) == [], "URLs without a line in tests/access_table.yaml"
    assert sorted(set(table) - known) == [], "lines without a URL in tests/access_table.yaml"


def test_every_case_names_every_role(table: dict[str, Any]) -> None:
    for name, lines in table.items():
        for case in cases(lines):
            assert set(case) <= {"method", "args", "query", "send", "answers", "why"}, name
            assert answers(case), name


class Browsers:
    """One signed-in browser a role, as fresh for every request as if nothing had happened before."""

    def __init__(self, cast: Cast) -> None:
        self._clients = {role: cast.client(name) for role, name in ROLES.items()}

    def ask(self, role: str, method: str, address: str, sent: dict[str, Any]) -> int:
        """Return the status; whatever the request wrote is undone, and its cookies are forgotten."""
        client = self._clients[role]
        client.raise_request_exception = False
        kept = client.cookies.copy()
        with transaction.atomic():
            status: int = getattr(client, method)(address, sent).status_code
            transaction.set_rollback(True)
        client.cookies = kept
        return status


def wanted_and_got(
    browsers: Browsers, subjects: dict[str, Any], name: str, case: dict[str, Any]
) -> Iterator[str]:
    """Ask as every role and tell the differences."""
    arguments = {key: subjects.get(str(value), value) for key, value in case.get("args", {}).items()}
    address = reverse(name, kwargs=arguments) + (f"?{case['query']}" if "query" in case else "")
    method = case.get("method", "get")
    sent = {key: subjects.get(str(value), value) for key, value in case.get("send", {}).items()}
    for role, wanted in answers(case).items():
        got = browsers.ask(role, method, address, sent)
        if got != wanted:
            yield f"{method.upper()} {name} as {role}: {got}, the table says {wanted}"


def test_every_url_answers_every_role_as_the_table_says(cast: Cast, table: dict[str, Any]) -> None:
    subjects: dict[str, Any] = {}
    for build in BUILDERS:
        subjects |= build(cast)
    known, browsers = set(url_names(get_resolver().url_patterns)), Browsers(cast)
    wrong = [
        difference
        for name, lines in table.items()
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
