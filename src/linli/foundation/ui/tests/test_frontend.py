"""The sources of styles and scripts: nothing in them names a registry, and every icon exists."""

import json
import re
from pathlib import Path

import pytest

from tests.people import Cast

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


@pytest.mark.skipif(not BUILT.exists(), reason="the frontend has not been built")
def test_built_files_are_named_with_their_version_and_lie_packed() -> None:
    from django.templatetags.static import static

    version = (BUILT / "version.txt").read_text()
    assert static("build/linli.css") == f"/static/build/linli.css?v={version}"
    assert static("build/") == "/static/build/"
    assert static("ui/mark.svg") == "/static/ui/mark.svg"
    assert version in (BUILT / "sw.js").read_text()
    for name in ("linli.js", "linli.css", "icons.svg"):
        assert (BUILT / f"{name}.gz").exists()
        assert (BUILT / f"{name}.br").exists()


@pytest.mark.django_db
def test_the_offline_page_is_the_same_for_everybody(cast: Cast) -> None:
    pages = [cast.client(who).get("/offline/").content for who in ("visitor", "resident")]
    assert b'data-owner="visitor"' in pages[0]
    assert pages[0] == pages[1]
