"""docs/api.md keeps its word: its client runs as it stands, its scopes and limits are those of the code."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linli.core.actor import Scope
from linli.foundation.clients.shapes import MOST
from linli.foundation.clients.tests.factories import machine
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import year_load
from tests.people import cast_build

DOCUMENT = (Path(__file__).parents[1] / "docs" / "api.md").read_text()


def client_of_the_document() -> str:
    """Return the one program that the document shows."""
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(program)


def run(url: str, token: str, area: str) -> subprocess.CompletedProcess[str]:
    """Run the document's client as a program of its own."""
    told = {"LINLI_URL": url, "LINLI_TOKEN": token, "LINLI_AREA": area, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-I", "-c", client_of_the_document()],
        env={"PATH": os.environ["PATH"], **told},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_the_documents_client_runs_as_it_stands(live_server: Any) -> None:
    cast = cast_build()
    year_load()
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_REPORT, name="12345热线平台")
    first = run(live_server.url, found.secret, "committee:990101001001")
    assert first.returncode == 0, first.stderr
    stored = Matter.objects.get()
    assert "I am 12345热线平台" in first.stdout
    assert f"reported as {stored.number}\n{stored.number} 待受理" in first.stdout
    again = run(live_server.url, found.secret, "committee:990101001001")
    assert again.stdout == first.stdout  # the key is made of the hotline's number: nothing twice
    assert Matter.objects.count() == 1
    outside = run(live_server.url, found.secret, "committee:990101002001")
    assert outside.returncode == 1 and "request.key_reused" in outside.stderr
    stranger = run(live_server.url, "linli_wrong", "committee:990101001001")
    assert stranger.returncode == 1 and "401" in stranger.stderr and "client.token_refused" in stranger.stderr


def test_the_document_names_every_scope_and_limit() -> None:
    assert set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", DOCUMENT, re.MULTILINE)) == {str(s) for s in Scope}
    assert f"1\n  to {MOST}" in DOCUMENT
    lines = [line for line in client_of_the_document().splitlines() if line.strip()]
    assert len(lines) <= 21
