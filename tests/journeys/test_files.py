"""Speaking instead of typing, and blurring before publishing, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import Page, expect

from linli.foundation.files import storage
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.tests.test_redaction import as_jpeg, contrast, patterned, street_with_plate
from linli.work.matters.models import Matter, PublicVersion
from linli.work.matters.tests.resident_life import Life, compound_make
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]


@pytest.fixture
def life(cast: Cast) -> Life:
    life = Life(cast, compound_make(cast))
    life.reported(cast.client("resident"), text="楼道里堆了东西")
    return life


def _plays(page: Page, player: str) -> float:
    """Return how many seconds a player says it has, after it could play."""
    length: float = page.locator(player).first.evaluate(
        """player => new Promise((resolve, reject) => {
            player.muted = true;
            player.addEventListener('error', () => reject(player.error.message));
            const heard = () => player.currentTime > 0.2 && resolve(player.currentTime);
            player.addEventListener('timeupdate', heard);
            player.play().catch(reject);
        })"""
    )
    return length


def test_a_voice_note_in_place_of_words(
    visitor: Visitor,
    cast: Cast,
    life: Life,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:
    page = visitor(account=cast.accounts["resident"], permissions=["microphone"])
    page.goto("/report/")
    page.get_by_role("button", name="按一下，开始说").click()
    expect(page.get_by_text("正在录音 0:02")).to_be_visible()
    picture(page, "speaking")
    page.get_by_role("button", name="再按一下停止").click()
    expect(page.get_by_label("第 1 段录音")).to_be_visible()
    assert _plays(page, ".recordings audio") > 0
    axe(page)
    picture(page, "spoken")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    expect(page.get_by_text("录音1段")).to_be_visible()
    matter = Matter.objects.order_by("-pk")[0]
    stored = matter.photos.get()
    assert (matter.title, stored.kind, stored.media_type) == ("语音反映", "voice", "audio/webm")
    assert 1500 <= (stored.milliseconds or 0) <= 6000
    desk = visitor("desk", cast.accounts["worker"])
    desk.goto(f"/desk/matters/{matter.public_id}/")
    assert _plays(desk, ".plays audio") > 0  # the copy without metadata still plays, in stretches
    axe(desk)
    picture(desk, "desk-hears")


def test_a_note_can_be_taken_out_and_the_rest_stays(visitor: Visitor, cast: Cast, life: Life) -> None:
    page = visitor(account=cast.accounts["resident"], permissions=["microphone"])
    page.goto("/report/")
    page.get_by_label("发生了什么").fill("门禁坏了")
    page.get_by_role("button", name="按一下，开始说").click()
    expect(page.get_by_text("正在录音 0:01")).to_be_visible()
    page.get_by_role("button", name="再按一下停止").click()
    page.get_by_role("button", name="去掉第 1 段").click()
    expect(page.locator(".recordings audio")).to_have_count(0)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    assert Matter.objects.order_by("-pk")[0].photos.count() == 0


def test_sending_while_speaking_sends_what_was_said(visitor: Visitor, cast: Cast, life: Life) -> None:
    page = visitor(account=cast.accounts["resident"], permissions=["microphone"])
    page.goto("/report/")
    page.get_by_role("button", name="按一下，开始说").click()
    expect(page.get_by_text("正在录音 0:01")).to_be_visible()
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    assert Matter.objects.order_by("-pk")[0].photos.get().kind == "voice"


def _accepted(life: Life, content: bytes) -> Matter:
    upload = SimpleUploadedFile("street.jpg", content, "image/jpeg")
    life.reported(life.cast.client("resident"), text="车挡了消防通道", photos=[upload], request_key="z" * 32)
    return life.accepted()


def _publishing(visitor: Visitor, cast: Cast, matter: Matter, size: str) -> Page:
    page = visitor(size, cast.accounts["worker"])
    page.goto(f"/desk/matters/{matter.public_id}/do/publish/")
    page.get_by_label("公开标题").fill("消防通道已清理")
    page.get_by_label("公开内容").fill("占道车辆已移走。")
    page.get_by_label("公开照片1").check()
    expect(page.locator(".redactor canvas")).to_be_visible()
    expect(page.locator(".redactor canvas")).to_have_attribute("width", re.compile(r"\d{3,}"))  # drawn
    return page


def _publish(page: Page) -> PublicVersion:
    page.get_by_label("已逐张检查").check()
    page.locator("form .form-actions .btn-primary").click()
    page.wait_for_url("**/desk/matters/*/")
    return PublicVersion.objects.get()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_what_was_brushed_over_is_gone_in_public(
    visitor: Visitor,
    cast: Cast,
    life: Life,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
    size: str,
) -> None:
    matter = _accepted(life, as_jpeg(patterned((800, 600), 6)))
    page = _publishing(visitor, cast, matter, size)
    frame = page.locator(".redactor canvas").bounding_box()
    assert frame is not None
    page.locator(".redactor canvas").scroll_into_view_if_needed()
    frame = page.locator(".redactor canvas").bounding_box() or frame
    page.mouse.move(frame["x"] + frame["width"] * 0.2, frame["y"] + frame["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.8, frame["y"] + frame["height"] * 0.3, steps=12)
    page.mouse.up()
    expect(page.get_by_text("已遮挡 1")).to_be_visible()
    axe(page)
    picture(page, f"redact-{size}")
    version = _publish(page)
    reader = visitor()
    reader.goto(f"/public/{version.public_id}/")
    address = reader.locator(".photos a").get_attribute("href")
    assert address is not None
    body = reader.request.get(address).body()
    shown = Image.open(io.BytesIO(body)).convert("RGB")
    assert contrast(shown, (240, 172, 560, 188)) < 70  # along the stroke
    assert contrast(shown, (10, 400, 790, 590)) > 150  # elsewhere the picture is as it was
    picture(reader, "public-photo")


def test_a_proposed_plate_is_accepted_by_a_person_and_undone_by_key(
    visitor: Visitor, cast: Cast, life: Life, picture: Callable[[Page, str], None]
) -> None:
    matter = _accepted(life, street_with_plate("#0b3d91"))
    page = _publishing(visitor, cast, matter, "desk")
    page.get_by_role("button", name="找人脸和车牌").click()
    proposal = page.locator(".redactor-marks li").filter(has_text="像是车牌").first
    expect(proposal).to_be_visible()
    picture(page, "proposals")
    proposal.get_by_role("button", name="遮挡").click()
    expect(page.get_by_text("已遮挡 1")).to_be_visible()
    canvas = page.locator(".redactor canvas")
    canvas.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已遮挡 2")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_text("已遮挡 2")).to_have_count(0)
    _publish(page)
    copy = PublicCopy.objects.get()
    assert len(copy.redaction["boxes"]) == 1 and not copy.redaction["strokes"]
    shown = Image.open(io.BytesIO(storage.read(copy.path)))
    kept = Image.open(io.BytesIO(storage.read(StoredFile.objects.get().clean_path)))
    plate = (510, 428, 640, 460)
    assert contrast(kept, plate) > 100 > contrast(shown, plate)
