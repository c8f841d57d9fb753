"""The sources of styles and scripts: nothing in them names a registry, and every icon exists."""

import json
import re
from pathlib import Path

import pytest

FRONTEND = Path(__file__).resolve().parents[5] / "frontend"
BUILT = Path(__file__).resolve().parents[1] / "static" / "build"
pytestmark = pytest.mark.skipif(not FRONTEND.exists(), reason="the sources of the frontend are not here")


def _addresses_outside_funding(lock: dict[str, object]) -> list[str]:
    packages = lock["packages"]
    assert isinstance(packages, dict)
    plain = {name: {k: v for k, v in entry.items() if k != "funding"} for name, entry in packages.items()}
    return re.findall(r"https?://[^\"]+", json.dumps(plain))


def test_lock_names_no_registry() -> None:
    text = (FRONTEND / "package-lock.json").read_text()
    lock = json.loads(text)
    assert '"resolved"' not in text
    assert _addresses_outside_funding(lock) == []
    assert all("integrity" in entry or not name for name, entry in lock["packages"].items())


def test_lock_rule_bites() -> None:
    bad = {"packages": {"a": {"resolved": "https://registry.example/a.tgz"}}}
    assert _addresses_outside_funding(bad) == ["https://registry.example/a.tgz"]


@pytest.mark.skipif(not BUILT.exists(), reason="the frontend has not been built")
def test_every_icon_in_a_template_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (BUILT / "icons.svg").read_text()))
    rooms = Path(__file__).resolve().parents[3]
    wanted = {
        name
        for template in rooms.rglob("templates/**/*.html")
        for name in re.findall(r'<c-icon name="([a-z0-9-]+)"', template.read_text())
    }
    assert wanted - drawn == set(), "run the frontend build"


@pytest.mark.skipif(not BUILT.exists(), reason="the frontend has not been built")
def test_what_a_portal_page_loads_stays_small() -> None:
    import gzip

    loaded = ("boot.js", "linli.css", "linli.js", "icons.svg")
    assert sum(len(gzip.compress((BUILT / name).read_bytes())) for name in loaded) < 100_000
