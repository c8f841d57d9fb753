"""The OpenAPI document of Open311 is kept: what it allows and what it forbids is sent, and nothing breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from linli.work.matters.models import PublicVersion
from tests.openapi import served
from tests.test_api_schemathesis import CHECKS, cases

from .georeport import STREET, Caller


@pytest.fixture
def schema(published: PublicVersion) -> Iterator[Any]:
    """The document, as the application serves it; its requests leave the test's connection open."""
    with served("/open311/v2/openapi.json") as document:
        yield document


def walk(schema: Any, caller: Caller, published: PublicVersion, examples: int) -> int:
    """Send cases to every operation, every other one about what exists; returns how many were sent."""
    known = {"service_request_id": str(published.public_id), "code": "facility"}
    headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {caller.key}"}
    sent = 0

    def check(case: Any) -> None:
        nonlocal sent
        sent += 1
        if sent % 2:
            case.path_parameters.update({n: v for n, v in known.items() if n in case.path_parameters})
            case.query = {**(case.query or {}), "jurisdiction_id": STREET}
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    for result in schema.get_all_operations():
        for run in cases(result.ok(), examples):
            run(check)
    return sent


def test_nothing_that_the_document_allows_or_forbids_breaks_it(
    schema: Any, caller: Caller, published: PublicVersion
) -> None:
    assert walk(schema, caller, published, examples=8) > 100


@pytest.mark.slow
def test_nothing_breaks_it_with_more(schema: Any, caller: Caller, published: PublicVersion) -> None:
    assert walk(schema, caller, published, examples=60) > 500
