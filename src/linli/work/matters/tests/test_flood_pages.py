"""What somebody sees who sent too much: the page with all they typed, how long to wait, whom to call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.test import Client

from linli.core import clock
from linli.foundation.files.models import StoredFile
from linli.foundation.places.models import Compound
from linli.work.matters.models import Matter, ReportDraft
from tests.people import Cast

from .resident_life import WORDS, compound_make, picture, report_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HERE, THERE = "198.51.100.4", "198.51.100.5"
EMERGENCY = "3号楼着火了，冒黑烟"


@pytest.fixture
def compound(cast: Cast) -> Compound:
    return compound_make(cast)


def browser(network: str = HERE) -> Client:
    client = Client(REMOTE_ADDR=network)
    client.get("/report/")
    return client


def sent(client: Client, compound: Compound, **more: Any) -> Any:
    """Send the form under a key of its own."""
    return client.post("/report/", report_form(compound, request_key=uuid4().hex, **more))


def page(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.usefixtures("narrow")
def test_the_page_comes_back_with_words_place_and_photos(compound: Compound) -> None:
    client = browser()
    for n in range(2):
        assert sent(client, compound, text=f"路灯坏了{n}").status_code == 302
    answer = sent(client, compound, address="3号楼", beneficiary_name="王老伯", photos=[picture()])
    kept = StoredFile.objects.get()
    shown = page(answer)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    for words in (WORDS, "3号楼", "王老伯", str(kept.public_id), "没有登录时发送得太多了", "/sign-in/"):
        assert words in shown
    assert f'value="compound:{compound.public_id}" checked' in shown
    assert 'id="emergency" hidden>' in shown  # still there for words of danger that come now
    assert ReportDraft.objects.count() == 2
    assert sent(browser(THERE), compound).status_code == 302


@pytest.mark.usefixtures("narrow")
def test_a_refused_emergency_shows_whom_to_call_first(compound: Compound) -> None:
    client = browser()
    for n in range(2):
        assert sent(client, compound, text=f"{EMERGENCY}{n}").status_code == 302
    answer = sent(client, compound, text=EMERGENCY)
    shown = page(answer)
    assert answer.status_code == 429
    assert "没有发出，请现在就打电话" in shown
    for number in ("110", "119", "120"):
        assert shown.count(f'href="tel:{number}"') == 1
        assert shown.index(f'href="tel:{number}"') < shown.index('id="id_text"')
    assert EMERGENCY in shown
    assert shown.count('id="emergency-title"') == 1
    assert Matter.objects.count() == 2


@pytest.mark.usefixtures("narrow")
def test_signing_in_sends_what_was_refused(cast: Cast, compound: Compound) -> None:
    client = browser()
    for n in range(2):
        sent(client, compound, text=f"{EMERGENCY}{n}")
    assert sent(client, compound, text=EMERGENCY).status_code == 429
    client.force_login(cast.accounts["resident"], backend=configured.AUTHENTICATION_BACKENDS[-1])
    assert sent(client, compound, text=EMERGENCY)["Location"].startswith("/m/")


@pytest.mark.usefixtures("narrow")
def test_too_many_photos_are_told_and_the_rest_is_kept(compound: Compound) -> None:
    client = browser()
    answer = sent(client, compound, photos=[picture(name=f"{n}.jpg") for n in range(4)])
    assert answer.status_code == 429
    assert "没有登录时上传的照片太多了" in page(answer)
    assert WORDS in page(answer)
    assert page(answer).count('name="kept"') == 2
    kept = [str(stored.public_id) for stored in StoredFile.objects.all()]
    assert sent(client, compound, kept=kept).status_code == 302
    assert ReportDraft.objects.get().photos.count() == 2


@pytest.mark.usefixtures("narrow")
def test_an_emergency_does_not_wait_for_photos(compound: Compound) -> None:
    client = browser()
    photos = [picture(name=f"{n}.jpg") for n in range(3)]
    answer = sent(client, compound, text=EMERGENCY, photos=photos)
    assert answer.status_code == 302
    assert Matter.objects.get().photos.count() == 2
    assert "照片太多了" in page(client.get(answer["Location"]))


def test_a_resident_at_the_days_limit_keeps_the_words(cast: Cast, compound: Compound, settings: Any) -> None:
    settings.REPORTS_PER_DAY = 1
    client = cast.client("resident")
    assert sent(client, compound).status_code == 302
    answer = sent(client, compound, text="门禁也坏了")
    assert answer.status_code == 429
    assert "今天已经反映了1件事" in page(answer)
    assert "门禁也坏了" in page(answer)
    assert "用手机号登录" not in page(answer).split("id_text")[0]


def test_a_draft_waits_for_tomorrow_when_the_day_is_full(
    cast: Cast, compound: Compound, settings: Any
) -> None:
    settings.REPORTS_PER_DAY = 1
    client = browser()
    url = sent(client, compound)["Location"]
    client.force_login(cast.accounts["resident"], backend=configured.AUTHENTICATION_BACKENDS[-1])
    assert sent(client, compound, text="门禁坏了").status_code == 302
    answer = client.post(url)
    assert answer.status_code == 429
    assert WORDS in page(answer)
    clock.clock_forward(timedelta(days=1))
    assert client.post(url)["Location"].startswith("/m/")


# -- the same browser after signing in --------------------------------------------------------------
def test_a_photo_from_before_signing_in_goes_with_the_report(cast: Cast, compound: Compound) -> None:
    client = browser()
    shown = sent(client, compound, words="桂花苑", find="1", photos=[picture()])
    kept = StoredFile.objects.get()
    assert str(kept.public_id) in page(shown)
    client.force_login(cast.accounts["resident"], backend=configured.AUTHENTICATION_BACKENDS[-1])
    assert client.get(f"/report/photo/{kept.public_id}/").status_code == 200
    assert sent(client, compound, kept=[str(kept.public_id)]).status_code == 302
    assert list(Matter.objects.get().photos.all()) == [kept]


def test_the_interface_takes_that_photo_too_and_no_other_browsers(cast: Cast, compound: Compound) -> None:
    client = browser()
    sent(client, compound, words="桂花苑", find="1", photos=[picture()])
    kept = StoredFile.objects.get()
    body = {"text": WORDS, "place": f"compound:{compound.public_id}", "photos": [str(kept.public_id)]}
    stranger = cast.client("neighbour").post("/api/v1/matters", body, content_type="application/json")
    assert (stranger.status_code, list(stranger.json()["details"])) == (422, ["photos"])
    client.force_login(cast.accounts["resident"], backend=configured.AUTHENTICATION_BACKENDS[-1])
    answer = client.post("/api/v1/matters", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert list(Matter.objects.get().photos.all()) == [kept]
