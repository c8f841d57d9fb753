"""Reporting: one screen, nothing lost, and every bad input has an answer that says what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.core import clock as core_clock
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_BYTES
from linli.foundation.places.models import Compound
from linli.work.matters import services
from linli.work.matters.models import Matter, ReportDraft
from tests.people import Cast

from .resident_life import WORDS, Life, boundaries_make, compound_make, picture, report_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
EMERGENCY = "3号楼着火了，冒黑烟"


@pytest.fixture
def compound(cast: Cast) -> Compound:
    return compound_make(cast)


@pytest.fixture
def life(cast: Cast, compound: Compound) -> Life:
    return Life(cast, compound)


@pytest.fixture
def resident(cast: Cast) -> Client:
    return cast.client("resident")


def page(answer: Any) -> str:
    return answer.content.decode()


def draft_of(client: Client, compound: Compound, **more: Any) -> str:
    """Send a report as a visitor and return the address of what waits for the phone."""
    client.get("/report/")
    answer = client.post("/report/", report_form(compound, **more))
    assert answer.status_code == 302
    return str(answer["Location"])


def code_on_page(client: Client, url: str, phone: str = "13900000009") -> str:
    """Ask for a code and read it off the page, as in the demo."""
    settings.SHOW_CODES = True
    try:
        asked = client.post(url, {"phone": phone, "agree": "on", "privacy_version": _version(client, url)})
        assert asked.status_code == 302, page(asked)
        return str(client.session["report_phone"]["shown"])
    finally:
        settings.SHOW_CODES = False


def _version(client: Client, url: str) -> str:
    return str(client.get(url).context["notice"].version)


# -- the signed-in resident ------------------------------------------------------
def test_visitor_reads_the_page_without_signing_in(client: Client) -> None:
    answer = client.get("/report/")
    assert answer.status_code == 200
    assert "发生了什么" in page(answer)
    assert "emergency-words" in page(answer)


def test_words_and_a_place_become_a_receipt(resident: Client, life: Life) -> None:
    matter = life.reported(resident)
    assert matter.text == WORDS
    assert matter.place_code == life.compound.committee.code  # type: ignore[union-attr]
    receipt = page(resident.get(f"/m/{matter.public_id}/receipt/"))
    assert matter.number in receipt
    assert 'data-draft-clear="report"' in receipt


def test_next_report_is_prefilled_with_the_last_place(resident: Client, life: Life) -> None:
    life.reported(resident)
    shown = page(resident.get("/report/"))
    assert f'value="compound:{life.compound.public_id}' in shown
    assert " checked" in shown


def test_a_photo_alone_is_enough(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(compound, text="", photos=[picture()]))
    assert answer.status_code == 302
    assert Matter.objects.get().photos.count() == 1


def test_six_photos_are_taken_and_a_seventh_is_told(resident: Client, compound: Compound) -> None:
    six = [picture(name=f"{n}.jpg") for n in range(6)]
    assert resident.post("/report/", report_form(compound, photos=six)).status_code == 302
    assert Matter.objects.get().photos.count() == 6
    seven = [picture(name=f"{n}.jpg") for n in range(7)]
    refused = resident.post("/report/", report_form(compound, photos=seven, request_key="b" * 32))
    assert refused.status_code == 422
    assert "一共最多放6个" in page(refused)
    assert Matter.objects.count() == 1


def test_neither_words_nor_photo_says_what_to_do(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(compound, text="  "))
    assert answer.status_code == 422
    assert "照片" in page(answer)
    assert not Matter.objects.exists()


def test_without_a_place_the_words_stay(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(None))
    assert answer.status_code == 422
    assert WORDS in page(answer)
    assert "请告诉我们在哪里" in page(answer)


def test_a_name_that_can_mean_one_place_only_is_enough(resident: Client, compound: Compound) -> None:
    assert resident.post("/report/", report_form(None, words="桂花苑")).status_code == 302
    assert Matter.objects.get().compound == compound


def test_a_name_that_can_mean_several_places_is_asked(
    resident: Client, cast: Cast, compound: Compound
) -> None:
    compound_make(cast, "桂花苑二期")
    answer = resident.post("/report/", report_form(None, words="桂花"))
    assert answer.status_code == 422
    assert "桂花苑二期" in page(answer)
    assert WORDS in page(answer)


def test_for_a_parent(resident: Client, life: Life) -> None:
    matter = life.reported(
        resident, beneficiary_name="王老伯", beneficiary_relation="父母", phone="138 0013 8000"
    )
    assert (matter.beneficiary_name, matter.beneficiary_relation) == ("王老伯", "父母")
    assert matter.reporter_phone == "13800138000"


def test_a_wrong_phone_is_told_beside_its_field(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(compound, beneficiary_name="王老伯", phone="123"))
    assert answer.status_code == 422
    assert "11位手机号" in page(answer)
    assert WORDS in page(answer)


# -- places without JavaScript ---------------------------------------------------
def test_plain_form_finds_places_and_keeps_the_words(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(None, words="桂花苑", find="1"))
    assert answer.status_code == 200
    assert f'value="compound:{compound.public_id}"' in page(answer)
    assert WORDS in page(answer)
    assert not Matter.objects.exists()


def test_plain_form_goes_from_district_to_committee(resident: Client, cast: Cast) -> None:
    shown = page(resident.post("/report/", report_form(None, browse="")))
    assert "临江区" in shown
    assert "望山区" in shown
    assert "桂花街道" in page(resident.post("/report/", report_form(None, browse="990101")))
    shown = page(resident.post("/report/", report_form(None, browse="990101001")))
    assert 'value="committee:990101001001"' in shown
    assert resident.post("/report/", report_form(None, place="committee:990101001001")).status_code == 302


def test_plain_form_keeps_photos_over_two_steps(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(None, words="桂花苑", find="1", photos=[picture()]))
    kept = StoredFile.objects.get()
    assert f'name="kept" value="{kept.public_id}"' in page(answer)
    assert resident.get(f"/report/photo/{kept.public_id}/").status_code == 200
    sent = resident.post("/report/", report_form(compound, kept=[str(kept.public_id)], request_key="c" * 32))
    assert sent.status_code == 302
    assert list(Matter.objects.get().photos.all()) == [kept]


def test_a_photo_of_another_browser_is_neither_shown_nor_taken(
    resident: Client, cast: Cast, compound: Compound
) -> None:
    cast.client("neighbour").post("/report/", report_form(None, words="桂花苑", find="1", photos=[picture()]))
    theirs = StoredFile.objects.get()
    assert resident.get(f"/report/photo/{theirs.public_id}/").status_code == 404
    resident.post("/report/", report_form(compound, kept=[str(theirs.public_id), "nonsense"]))
    assert Matter.objects.get().photos.count() == 0


def test_position_gives_the_street_and_what_is_near(resident: Client, cast: Cast, compound: Compound) -> None:
    boundaries_make(cast)
    shown = page(resident.get("/report/places/?lng=121.4051&lat=31.2051"))
    assert "桂花街道" in shown
    assert f'value="compound:{compound.public_id}@121.405100,31.205100"' in shown
    answer = resident.post("/report/", report_form(None, place="", lng="121.4051", lat="31.2051"))
    assert answer.status_code == 302
    assert Matter.objects.get().place_code == "990101001"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("compound:01900000-0000-7000-8000-000000000000", "小区"),
        ("compound:nonsense", "小区"),
        ("committee:999999999999", "区划代码"),
        ("point:@121.9,31.9", "不在本市"),
        ("point:@north,east", "坐标"),
        ("point:", "地点"),
        ("moon:1", "没有认出这个地点"),
    ],
)
def test_an_impossible_place_is_answered(
    resident: Client, cast: Cast, compound: Compound, place: str, words: str
) -> None:
    boundaries_make(cast)
    answer = resident.post("/report/", report_form(None, place=place))
    assert answer.status_code == 422
    assert words in page(answer)
    assert WORDS in page(answer)
    assert not Matter.objects.exists()


def test_places_for_nonsense_do_not_fail(resident: Client, cast: Cast, compound: Compound) -> None:
    for query in ("", "?words=%20", "?words=没有这里", "?lng=x&lat=y", "?browse=000", "?browse=31x"):
        assert resident.get(f"/report/places/{query}").status_code in (200, 404, 422)


# -- content ---------------------------------------------------------------------
def test_hundred_thousand_letters_are_refused_and_kept(resident: Client, compound: Compound) -> None:
    long = "很长的话" * 25_000
    answer = resident.post("/report/", report_form(compound, text=long))
    assert answer.status_code == 422
    assert "最多5000个字" in page(answer)
    assert long in page(answer)
    assert not Matter.objects.exists()


@pytest.mark.parametrize(
    "text", ["𠮷野家门口𡃁仔👨‍👩‍👧‍👦🔥路灯坏", "<script>alert(1)</script><b>灯</b>坏了", "灯坏了' OR 1=1 --"]
)
def test_rare_letters_and_html_come_back_as_typed(resident: Client, life: Life, text: str) -> None:
    matter = life.reported(resident, text=text)
    assert matter.text == text
    shown = page(resident.get(f"/m/{matter.public_id}/"))
    assert "<script>alert" not in shown
    assert resident.get("/mine/").status_code == 200


def test_too_large_a_photo_is_refused_and_the_rest_kept(resident: Client, compound: Compound) -> None:
    large = SimpleUploadedFile("big.jpg", b"\xff\xd8" + b"0" * MAX_BYTES, content_type="image/jpeg")
    answer = resident.post("/report/", report_form(compound, photos=[large, picture()]))
    assert answer.status_code == 422
    assert "20 MB" in page(answer)
    assert WORDS in page(answer)
    kept = StoredFile.objects.get()
    assert f'name="kept" value="{kept.public_id}"' in page(answer)
    assert not Matter.objects.exists()


def test_a_pdf_named_jpg_is_refused_by_what_it_is(resident: Client, compound: Compound) -> None:
    fake = SimpleUploadedFile("photo.jpg", b"%PDF-1.7 nothing", content_type="image/jpeg")
    answer = resident.post("/report/", report_form(compound, photos=[fake]))
    assert answer.status_code == 422
    assert "PDF" in page(answer)
    assert WORDS in page(answer)


# -- sent twice -------------------------------------------------------------------
def test_a_double_click_reports_once(resident: Client, compound: Compound) -> None:
    first = resident.post("/report/", report_form(compound, photos=[picture()]))
    second = resident.post("/report/", report_form(compound, photos=[picture()]))
    assert first["Location"] == second["Location"]
    assert Matter.objects.count() == 1
    assert StoredFile.objects.count() == 1


def test_the_same_key_with_other_words_is_told(resident: Client, compound: Compound) -> None:
    resident.post("/report/", report_form(compound))
    answer = resident.post("/report/", report_form(compound, text="别的事"))
    assert answer.status_code == 409
    assert Matter.objects.count() == 1


# -- before signing in -------------------------------------------------------------
def test_the_draft_waits_for_the_code_and_becomes_the_matter(client: Client, compound: Compound) -> None:
    url = draft_of(client, compound, photos=[picture()])
    assert not Matter.objects.exists()
    assert WORDS in page(client.get(url))
    code = code_on_page(client, url)
    sent = client.post(url, {"code": code})
    assert sent.status_code == 302
    matter = Matter.objects.get()
    assert sent["Location"] == f"/m/{matter.public_id}/receipt/"
    assert matter.text == WORDS
    assert matter.photos.count() == 1
    assert matter.compound == compound
    assert client.get(sent["Location"]).status_code == 200
    assert client.get(url)["Location"] == sent["Location"]  # the back button leads on


def test_a_wrong_code_keeps_the_draft(client: Client, compound: Compound) -> None:
    url = draft_of(client, compound)
    code = code_on_page(client, url)
    wrong = client.post(url, {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert not Matter.objects.exists()
    assert client.post(url, {"code": code}).status_code == 302
    assert Matter.objects.count() == 1


def test_a_code_needs_consent_and_a_mobile_number(client: Client, compound: Compound) -> None:
    url = draft_of(client, compound)
    version = _version(client, url)
    assert client.post(url, {"phone": "13900000009", "privacy_version": version}).status_code == 422
    answer = client.post(url, {"phone": "021-1", "agree": "on", "privacy_version": version})
    assert answer.status_code == 422
    assert "11位手机号" in page(answer)


def test_codes_are_not_sent_without_end(client: Client, compound: Compound) -> None:
    url = draft_of(client, compound)
    code_on_page(client, url)
    again = client.post(url, {"resend": "1"})
    assert again.status_code == 429
    assert again["Retry-After"]
    assert ReportDraft.objects.count() == 1


def test_whoever_signed_in_elsewhere_sends_the_draft_with_one_press(
    client: Client, cast: Cast, compound: Compound
) -> None:
    url = draft_of(client, compound)
    client.force_login(cast.accounts["resident"], backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert "没有发出的内容" in page(client.get("/mine/"))
    assert client.post(url).status_code == 302
    assert Matter.objects.get().reporter == cast.person("resident")


def test_a_draft_of_another_browser_is_not_there(client: Client, cast: Cast, compound: Compound) -> None:
    url = draft_of(client, compound)
    stranger = Client()
    stranger.get("/report/")
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"code": "123456"}).status_code == 404
    assert cast.client("resident").post(url).status_code == 404
    assert not Matter.objects.exists()


def test_a_draft_lives_seven_days(client: Client, compound: Compound) -> None:
    url = draft_of(client, compound)
    with core_clock.clock_at(core_clock.now() + timedelta(days=6)):
        assert client.get(url).status_code == 200
    with core_clock.clock_at(core_clock.now() + timedelta(days=12)):
        answer = client.get(url)
        assert answer.status_code == 410
        assert "7天" in page(answer)


def test_a_draft_sent_twice_is_kept_once(client: Client, compound: Compound) -> None:
    client.get("/report/")
    first = client.post("/report/", report_form(compound, photos=[picture()]))
    second = client.post("/report/", report_form(compound, photos=[picture()]))
    assert first["Location"] == second["Location"]
    assert ReportDraft.objects.count() == 1


def test_an_expired_session_loses_nothing(client: Client, cast: Cast, compound: Compound) -> None:
    client.force_login(cast.accounts["resident"], backend=settings.AUTHENTICATION_BACKENDS[-1])
    client.get("/report/")
    client.logout()
    client.get("/")
    answer = client.post("/report/", report_form(compound))
    assert answer["Location"].startswith("/report/")
    assert WORDS in page(client.get(answer["Location"]))


# -- emergencies ---------------------------------------------------------------------
def test_an_emergency_does_not_wait_for_the_code(client: Client, cast: Cast, compound: Compound) -> None:
    url = draft_of(client, compound, text=EMERGENCY)
    matter = Matter.objects.get()
    assert matter.is_emergency
    assert matter.reporter is None
    for who in ("worker", "street"):
        assert Matter.objects.visible_to(cast.actor(who)).filter(pk=matter.pk).exists()
    shown = page(client.get(url))
    for number in ("110", "119", "120"):
        assert f'href="tel:{number}"' in shown
    assert matter.number in shown
    code = code_on_page(client, url)
    assert client.post(url, {"code": code})["Location"] == f"/m/{matter.public_id}/receipt/"
    matter.refresh_from_db()
    assert matter.reporter is not None
    assert Matter.objects.count() == 1


def test_an_emergency_of_another_browser_cannot_be_claimed(
    client: Client, cast: Cast, compound: Compound
) -> None:
    url = draft_of(client, compound, text=EMERGENCY)
    assert cast.client("neighbour").post(url).status_code == 404
    assert Client().get(url).status_code == 404
    assert Matter.objects.get().reporter is None


def test_an_emergency_sent_twice_alarms_once(client: Client, compound: Compound) -> None:
    assert draft_of(client, compound, text=EMERGENCY) == draft_of(client, compound, text=EMERGENCY)
    assert Matter.objects.count() == 1


def test_numbers_show_without_javascript_too(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(None, text=EMERGENCY, words="桂花苑", find="1"))
    assert 'id="emergency" >' in page(answer)
    assert 'id="emergency" hidden>' in page(resident.get("/report/"))


# -- while typing ----------------------------------------------------------------------
def test_help_while_typing_is_read_only(resident: Client, compound: Compound) -> None:
    answer = resident.post("/report/help/", report_form(compound))
    assert "）</span>" not in page(answer)
    assert answer.status_code == 200
    assert "前答复您是否受理" in page(answer)
    assert not Matter.objects.exists()
    assert page(resident.post("/report/help/", {"text": ""})).strip() == ""


def test_similar_public_matters_are_shown(resident: Client, cast: Cast, life: Life) -> None:
    life.reported(resident)
    life.accepted()
    version = life.published()
    shown = page(cast.client("neighbour").post("/report/help/", report_form(life.compound)))
    assert f"/public/{version.public_id}/" in shown


# -- posters ---------------------------------------------------------------------------
def test_a_poster_fills_in_the_place(client: Client, cast: Cast, compound: Compound) -> None:
    poster = services.poster_create(actor=cast.actor("worker"), compound=compound)
    shown = client.get(f"/p/{poster.code}/")
    assert f'value="compound:{compound.public_id}" checked' in page(shown)
    resident = cast.client("resident")
    resident.post("/report/", report_form(compound, poster=poster.code))
    assert Matter.objects.get().channel == "poster"


def test_a_poster_that_was_taken_down_says_so(client: Client, cast: Cast, compound: Compound) -> None:
    poster = services.poster_create(actor=cast.actor("worker"), compound=compound)
    services.poster_disable(actor=cast.actor("worker"), poster_id=poster.pk)
    answer = client.get(f"/p/{poster.code}/")
    assert answer.status_code == 410
    assert "海报已经停用" in page(answer)
    assert client.get("/p/NOSUCH/").status_code == 404


@pytest.mark.parametrize("who", ["worker", "street", "department", "district"])
def test_staff_are_led_to_the_desk(cast: Cast, who: str) -> None:
    assert "/desk/" in page(cast.client(who).get("/report/"))
