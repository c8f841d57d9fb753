"""The public bundle is counted again by the published script, which agrees; a changed one does not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linli.work.deliberation.ballots.models import Elector
from linli.work.deliberation.ballots.tallies import ballot_bundle

from .hall import Hall

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parents[6] / "docs" / "recount.py"


def recount(folder: Path, bundle: dict[str, Any], digest: str) -> tuple[int, str]:
    file = folder / "bundle.json"
    file.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), digest], capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode()


@pytest.fixture
def bundle(hall: Hall) -> dict[str, Any]:
    ballot = hall.opened()
    hall.web(ballot, "101", "yes")
    hall.on_paper(ballot, "102", "yes", "no")
    hall.door(ballot, "202", "yes")
    hall.web(ballot, "301", "no", by="neighbour")
    counted = hall.counted(ballot)
    found = ballot_bundle(counted)
    assert found["digest"] == counted.tally_digest
    return found


def test_a_stranger_counts_the_same(bundle: dict[str, Any], tmp_path: Path) -> None:
    code, said = recount(tmp_path, bundle, bundle["digest"])
    assert code == 0, said
    assert "一致" in said
    assert "民法典第278条" in said


def test_a_changed_bundle_is_found(bundle: dict[str, Any], tmp_path: Path) -> None:
    changed = json.loads(json.dumps(bundle))
    changed["papers"][0]["choices"]["1"] = ["abstain"]
    code, said = recount(tmp_path, changed, bundle["digest"])
    assert code == 1
    assert "改动" in said


def test_it_names_nobody_and_no_row_of_the_roll(bundle: dict[str, Any]) -> None:
    text = json.dumps(bundle, ensure_ascii=False)
    for word in ("王", "李国强", "桂花商贸", "101室"):
        assert word not in text
    for key in Elector.objects.values_list("public_id", flat=True):
        assert str(key) not in text
    assert all(paper["area"] is None for paper in bundle["papers"])  # fewer than ten of a size
