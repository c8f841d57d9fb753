"""The OpenAPI document is kept: schemathesis sends what it allows and what it forbids, and nothing breaks.

In this process, over WSGI; with the tokens of a governing unit and of a department, and with none. Every
answer must be one that the document names, in the form that it names; a fault of ours fails the test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from linli.core.actor import Scope
from linli.foundation.clients.tests.factories import machine
from linli.work.matters.tests.life import Life, category, year_load
from tests.openapi import served
from tests.people import Cast

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
GOVERNING = (Scope.MATTERS_READ, Scope.MATTERS_REPORT, Scope.FIGURES_READ, Scope.PLACES_READ)
Known = dict[str, Any]


@pytest.fixture
def known(cast: Cast) -> Known:
    """A street with some matters, its token, a department's token, and what their addresses are made of."""
    year_load()
    category("facility")
    life = Life(cast)
    matter = life.to_signed()
    life.to_closed()
    street = machine(cast, "street_unit", "street_place", *GOVERNING, requests_a_minute=6000)
    department = machine(cast, "chengguan", "street_place", Scope.MATTERS_ACT, requests_a_minute=6000)
    ids = {"public_id": str(matter.public_id), "key": str(life.lead(matter).public_id), "code": "990101001"}
    return {"street": street.secret, "department": department.secret, "": "", "ids": ids}


@pytest.fixture
def schema(known: Known) -> Iterator[Any]:
    """The document, as the application serves it; its requests leave the test's connection open."""
    with served("/api/v1/openapi.json") as document:
        yield document


def cases(operation: Any, examples: int) -> Iterator[Any]:
    """Return tests that send cases of an operation: what it allows, then what it forbids."""
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        given_case = given(case=operation.as_strategy(generation_mode=mode))
        held = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        yield lambda check, given_case=given_case, held=held: held(given_case(check))()


def walk(schema: Any, secret: str, ids: dict[str, str], examples: int) -> int:
    """Send cases to every operation; whatever they write is undone. Returns how many were sent."""
    headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {secret}"} if secret else {})}
    sent = 0

    def check(case: Any) -> None:
        nonlocal sent
        sent += 1
        if sent % 2:  # every other time about something that exists
            case.path_parameters.update({n: v for n, v in ids.items() if n in case.path_parameters})
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    for result in schema.get_all_operations():
        for run in cases(result.ok(), examples):
            run(check)
    return sent


@pytest.mark.parametrize("whose", ["street", "department", ""])
def test_nothing_that_the_document_allows_or_forbids_breaks_it(known: Known, schema: Any, whose: str) -> None:
    assert walk(schema, known[whose], known["ids"], examples=2) > 100


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["street", "department", ""])
def test_nothing_breaks_it_with_more(known: Known, schema: Any, whose: str) -> None:
    assert walk(schema, known[whose], known["ids"], examples=12) > 1000
