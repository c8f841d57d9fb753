"""A voice note or a short video in place of words: sent, refused in words, heard by those who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.core.clock import clock_at, now
from linli.foundation.files import storage
from linli.foundation.files.models import StoredFile
from linli.foundation.files.tasks import sweep_unused
from linli.foundation.files.tests import recordings as made
from linli.foundation.places.models import Compound
from linli.foundation.retention.services import retention_apply
from linli.foundation.retention.tasks import KEEPER
from linli.work.matters.models import Matter
from tests.people import Cast

from .resident_life import Life, compound_make, picture, report_form

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


@pytest.fixture
def compound(cast: Cast) -> Compound:
    return compound_make(cast)


@pytest.fixture
def resident(cast: Cast) -> Client:
    return cast.client("resident")


def voice(seconds: int = 5, name: str = "voice.weba") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, made.webm(seconds=seconds), "audio/webm")


def video(seconds: int = 5) -> SimpleUploadedFile:
    return SimpleUploadedFile("clip.mp4", made.mp4(seconds=seconds, handler=b"vide"), "video/mp4")


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_voice_note_alone_is_a_report(resident: Client, cast: Cast, compound: Compound) -> None:
    answer = resident.post("/report/", report_form(compound, text="", voice=[voice()]))
    matter = Matter.objects.get()
    assert answer["Location"].startswith(f"/m/{matter.public_id}/")
    assert (matter.title, [file.kind for file in matter.photos.all()]) == ("语音反映", ["voice"])
    assert "录音1段" in page(resident.get(answer["Location"]))
    own = page(resident.get(reverse("matters:matter", args=[matter.public_id])))
    assert "<audio" in own and "录音 5秒" in own
    desk = page(cast.client("worker").get(reverse("matters:record", args=[matter.public_id])))
    assert "<audio" in desk and "写录音内容" in desk


def test_a_video_alone_is_a_report_too(resident: Client, compound: Compound) -> None:
    resident.post("/report/", report_form(compound, text="", video=[video()]))
    assert Matter.objects.get().title == "视频反映"


@pytest.mark.parametrize("field", ["photos", "voice", "video"])
def test_what_a_file_is_does_not_hang_on_its_field(resident: Client, compound: Compound, field: str) -> None:
    files = {field: [voice(), picture(), video()]}
    resident.post("/report/", report_form(compound, **files))
    kinds = sorted(Matter.objects.get().photos.values_list("kind", flat=True))
    assert kinds == ["photo", "video", "voice"]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (voice(seconds=600), "录音长10分钟，最长只能3分钟"),
        (video(seconds=600), "视频长10分钟，最长只能1分钟"),
        (SimpleUploadedFile("a.mp4", made.mp4()[:150]), "不完整"),
        (SimpleUploadedFile("a.m4a", b"%PDF-1.7 x"), "PDF"),
        (SimpleUploadedFile("a.weba", b""), "空的"),
    ],
)
def test_what_cannot_be_used_is_told_and_the_words_stay(
    resident: Client, compound: Compound, upload: SimpleUploadedFile, words: str
) -> None:
    upload.seek(0)
    answer = resident.post("/report/", report_form(compound, voice=[upload, voice()], address="3号楼"))
    shown = page(answer)
    assert answer.status_code == 422 and words in shown
    assert "3号楼门口的路灯坏了" in shown and 'value="3号楼"' in shown
    assert shown.count('name="kept"') == 1 and "已收下的：录音1段" in shown
    assert not Matter.objects.exists()
    kept = [str(file.public_id) for file in StoredFile.objects.filter(state="ready")]
    assert (
        resident.post("/report/", report_form(compound, kept=kept, request_key="b" * 32)).status_code == 302
    )
    assert Matter.objects.get().photos.count() == 1


def test_a_kept_recording_is_played_to_its_browser_only(
    resident: Client, cast: Cast, compound: Compound
) -> None:
    resident.post("/report/", report_form(None, words="没有这里", voice=[voice()]))
    stored = StoredFile.objects.get()
    address = reverse("matters:report_photo", args=[stored.public_id])
    answer = resident.get(address)
    assert answer["Content-Type"] == "audio/webm" and answer["Accept-Ranges"] == "bytes"
    assert made.SECRET not in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert cast.client("neighbour").get(address).status_code == 404


def test_a_recording_is_heard_where_its_matter_is_seen(
    resident: Client, cast: Cast, compound: Compound
) -> None:
    resident.post("/report/", report_form(compound, text="", voice=[voice()]))
    matter, stored = Matter.objects.get(), StoredFile.objects.get()
    for name, who, status in (
        ("matters:photo", "resident", 200),
        ("matters:photo", "neighbour", 404),
        ("matters:record_photo", "worker", 200),
        ("matters:record_photo", "street", 200),
        ("matters:record_photo", "worker_b", 404),
        ("matters:record_photo", "department", 404),
    ):
        address = reverse(name, args=[matter.public_id, stored.public_id, "clean"])
        answer = cast.client(who).get(address, headers={"Range": "bytes=0-3"})
        assert answer.status_code == (206 if status == 200 else status), (name, who)


def test_a_voice_is_for_those_who_may_know_who_reported(cast: Cast, compound: Compound) -> None:
    life = Life(cast, compound)
    life.reported(cast.client("resident"), voice=[voice()], photos=[picture()])
    life.accepted()
    life.handed()
    heard, seen = (life.matter.photos.get(kind=kind) for kind in ("voice", "photo"))
    for who, status in (("property", 404), ("street", 200), ("worker", 200), ("resident", 200)):
        name = "matters:photo" if who == "resident" else "matters:record_photo"
        assert (
            cast.client(who)
            .get(reverse(name, args=[life.matter.public_id, heard.public_id, "clean"]))
            .status_code
            == status
        ), who
        shown = cast.client(who).get(reverse(name, args=[life.matter.public_id, seen.public_id, "clean"]))
        assert shown.status_code == 200, who
    desk = page(cast.client("property").get(reverse("matters:record", args=[life.matter.public_id])))
    assert "<audio" not in desk and "声音认得出人" in desk
    listed = cast.client("property").get(f"{BASE}/matters/{life.matter.public_id}/files").json()
    assert [row["kind"] for row in listed] == ["photo"]


def test_whoever_has_not_signed_in_sends_only_so_many(
    client: Client, compound: Compound, narrow: None
) -> None:
    answer = client.post("/report/", report_form(compound, voice=[voice(), voice(6), voice(7)]))
    assert answer.status_code == 429 and "录音和视频太多了" in page(answer)
    assert StoredFile.objects.count() == 2


def test_a_worker_adds_a_recording_to_a_note(cast: Cast, compound: Compound) -> None:
    life = Life(cast, compound)
    life.reported(cast.client("resident"))
    address = reverse("matters:action", args=[life.matter.public_id, "note"])
    assert 'name="voice"' in page(cast.client("worker").get(address))
    sent = {"note": "录音里说：灯是昨晚坏的。", "voice": [voice()], "request_key": "e" * 32}
    assert cast.client("worker").post(address, sent).status_code == 302
    record = page(cast.client("worker").get(reverse("matters:record", args=[life.matter.public_id])))
    assert "灯是昨晚坏的" in record and "<audio" in record


def test_a_voice_goes_with_the_contact_three_years_after_the_end(
    cast: Cast, compound: Compound, clock: Any
) -> None:
    life = Life(cast, compound)
    life.reported(cast.client("resident"), voice=[voice()], photos=[picture()])
    matter = life.accepted()
    Matter.objects.filter(pk=matter.pk).update(state="closed", closed_at=now())
    with clock_at(now() + timedelta(days=1090)):
        assert retention_apply(actor=KEEPER, kind="matter_contact") == 0
    with clock_at(now() + timedelta(days=1100)):
        assert retention_apply(actor=KEEPER, kind="matter_contact") == 1
        assert [file.kind for file in matter.photos.all()] == ["photo"]
        assert retention_apply(actor=KEEPER, kind="matter_contact") == 0
        assert sweep_unused() == 1
    assert not StoredFile.objects.filter(kind="voice").exists()


# -- the interface ----------------------------------------------------------------
def test_a_file_goes_up_and_comes_back_over_json(cast: Cast, compound: Compound) -> None:
    client = cast.client("resident")
    sent = client.post(f"{BASE}/files", {"file": voice()}, headers={"Idempotency-Key": "f-1"})
    assert sent.status_code == 201
    said = sent.json()
    assert (said["kind"], said["state"], said["milliseconds"] // 1000) == ("voice", "ready", 4)
    again = client.post(f"{BASE}/files", {"file": voice()}, headers={"Idempotency-Key": "f-1"})
    assert again.json()["public_id"] == said["public_id"] and StoredFile.objects.count() == 1
    body = {"text": "", "place": f"compound:{compound.public_id}", "photos": [said["public_id"]]}
    matter = client.post(f"{BASE}/matters", body, content_type="application/json").json()
    listed = client.get(f"{BASE}/matters/{matter['public_id']}/files").json()
    assert [row["public_id"] for row in listed] == [said["public_id"]]
    address = f"{BASE}/matters/{matter['public_id']}/files/{said['public_id']}"
    heard = cast.client("worker").get(address)
    stored = StoredFile.objects.get()
    assert b"".join(heard.streaming_content) == storage.read(stored.clean_path)  # type: ignore[attr-defined]
    assert cast.client("neighbour").get(address).status_code == 404


def test_a_refused_file_says_why_over_json(cast: Cast) -> None:
    file = SimpleUploadedFile("a.mp4", made.mp4(seconds=600, handler=b"vide"))
    said = cast.client("resident").post(f"{BASE}/files", {"file": file}).json()
    assert said["state"] == "refused" and "10分钟" in said["refusal"]
    empty = cast.client("resident").post(f"{BASE}/files", {"file": SimpleUploadedFile("a.mp4", b"")})
    assert empty.status_code == 422 and "空的" in empty.json()["message"]
    assert StoredFile.objects.count() == 1
