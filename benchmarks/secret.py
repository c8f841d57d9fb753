"""[secret] 10,000 sealed ballots fetched, opened, shuffled and counted on the trustees' page in Chromium.

Ours: the page, its script and the services as shipped, from pressing 取回 to the figures. Peer: libsodium in
Python (PyNaCl) opens and shuffles the same sealed ballots. Goal: under 60 s. The key is made by the page of
the ceremony in the same run, the ballots are sealed by the peer.
"""

import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line

BALLOTS = 10_000
LONGEST = 60
HOST = "http://linli.test"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
MARKS = (["a"], ["b"], ["a", "c"], [], ["b", "c"])


def _world() -> tuple[Any, Any]:
    """Make the named cast and a secret ballot of committee A that opens tomorrow."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    from linli.work.deliberation.secret.services import trustees_appoint
    from linli.work.deliberation.secret.tests.conftest import TRUSTEES, ballot_row
    from tests.people import cast_build

    cast = cast_build()
    ballot = ballot_row(cast)
    persons = {side: cast.person(name).pk for side, name in TRUSTEES.items()}
    trustees_appoint(actor=cast.actor("worker"), ballot_id=ballot.public_id, persons=persons)
    return cast, ballot


def _served(page: Any, client: Any) -> None:
    """Let the browser's requests be answered by the application in this process, signed in as a trustee."""
    built = Path(__file__).resolve().parent.parent / "src/linli/foundation/ui/static"

    def answer(route: Any) -> None:
        request = route.request
        path = request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            return route.fulfill(path=built / path.removeprefix("/static/").split("?")[0])
        if request.method == "GET":
            got = client.get(path)
        else:
            got = client.post(path, request.post_data or "", content_type=request.headers["content-type"])
        headers = {name: value for name, value in got.items() if name.lower() != "set-cookie"}
        return route.fulfill(status=got.status_code, headers=headers, body=got.content)

    page.route(f"{HOST}/**", answer)


def _ceremony(page: Any, base: str) -> list[str]:
    """Hold the ceremony on its page; return the codes of the three shares."""
    page.goto(f"{base}key/")
    page.locator("[data-make]").click()
    codes = []
    for _seat in range(3):
        code = page.locator("[data-share-code]").inner_text()
        page.get_by_role("button", name="下载份额文件").click()
        page.locator("#share-text").fill(code)
        page.get_by_role("button", name="核对并交给下一位").click()
        codes.append(code)
    page.get_by_role("button", name="登记公钥").click()
    page.wait_for_url(base)
    return codes


def _plain(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _vote(ballot: Any) -> tuple[list[bytes], list[bytes]]:
    """Hang 10,000 sealed choices on the roll, and let the ballot be over; return them and the plain ones."""
    from nacl.public import PublicKey, SealedBox

    from linli.core import clock
    from linli.work.deliberation.ballots.models import Ballot, Elector
    from linli.work.deliberation.ballots.selectors import questions_asked
    from linli.work.deliberation.secret.models import Ceremony
    from linli.work.deliberation.secret.rules import plain_length
    from linli.work.deliberation.secret.tasks import follow

    ceremony = Ceremony.objects.get(ballot=ballot)
    length = plain_length(questions_asked(ballot))
    box = SealedBox(PublicKey(bytes.fromhex(ceremony.public_key)))
    plain = [
        json.dumps([random.choice(MARKS)], separators=(",", ":")).encode() + b"\x80" for _ in range(BALLOTS)
    ]
    padded = [one + bytes(length - len(one)) for one in plain]
    sealed = [bytes(box.encrypt(one)) for one in padded]
    rows = (
        Elector(ballot=ballot, number=n, subject=f"n{n}", label="王*", sealed_choice=one)
        for n, one in enumerate(sealed, 1)
    )
    Elector.objects.bulk_create(rows, batch_size=2_000)
    Ceremony.objects.update(state="ready")
    Ballot.objects.update(opens_at=clock.now() - clock.timedelta(hours=2), closes_at=clock.now())
    follow()
    return sealed, padded


def _opened(page: Any, base: str, codes: list[str]) -> tuple[float, Any]:
    """Fetch, open and count on the page; return the seconds and what would be sent back."""
    page.goto(f"{base}open/")
    began = time.perf_counter()
    page.locator("[data-fetch]").click()
    page.locator("[data-shares]").wait_for(state="visible", timeout=120_000)
    for place, code in enumerate(codes):
        page.locator("[data-share] textarea").nth(place).fill(code)
    page.locator("[data-open]").click()
    page.locator("[data-result]").wait_for(state="visible", timeout=300_000)
    return time.perf_counter() - began, json.loads(page.locator("[name=result]").input_value())


def _peer(sealed: list[bytes]) -> float:
    """Open and shuffle with libsodium; the key is another, the work the same."""
    from nacl.public import PrivateKey, SealedBox

    secret = PrivateKey.generate()
    again = [SealedBox(secret.public_key).encrypt(bytes(len(one) - 48)) for one in sealed]
    began = time.perf_counter()
    opened = [SealedBox(secret).decrypt(one) for one in again]
    random.SystemRandom().shuffle(opened)
    return time.perf_counter() - began


def main() -> int:
    from django.test import Client
    from playwright.sync_api import sync_playwright

    from linli.cli.ground import chromium

    cast, ballot = _world()
    client = Client(HTTP_HOST="linli.test")
    client.force_login(cast.accounts["worker"], backend="django.contrib.auth.backends.ModelBackend")
    base = f"{HOST}/desk/council/ballots/{ballot.public_id}/secret/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page()
        _served(page, client)
        codes = _ceremony(page, base)
        sealed, padded = _vote(ballot)
        seconds, counted = _opened(page, base, codes[1:])
        browser.close()
    wanted = Counter(_plain(json.loads(one.split(b"\x80")[0])[0]).decode() for one in padded)
    right = counted[0]["questions"][0] == dict(wanted) and counted[0]["unopened"] == []
    return line(
        "secret",
        size=f"{BALLOTS} sealed ballots, opened on the page in Chromium",
        ours=seconds,
        peer=_peer(sealed),
        unit="s",
        goal=f"< {LONGEST} s, every ballot counted right",
        holds=right and seconds < LONGEST,
    )


if __name__ == "__main__":
    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with fresh_database("sqlite"):
        code = main()
    sys.exit(code)
