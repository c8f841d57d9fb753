"""我的数据: everything is shown, taken along, corrected, taken back; requests are answered in time."""

import io
import json
from datetime import timedelta

import pytest
from django.conf import settings
from python_calamine import CalamineWorkbook

from linli.core.clock import clock_at, clock_forward, now
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from linli.foundation.accounts.models import Person, PrivacyConsent
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.foundation.notices.services import neighbourhood_subscribe
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.selectors import held_about
from linli.foundation.privacy.services import request_answer, request_make, request_open, request_withdraw
from linli.foundation.retention.services import retention_apply
from linli.foundation.retention.tasks import KEEPER
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/me/data/"
DESK = "/desk/settings/data-requests/"


def _asked(cast: Cast, *, in_a_neighbourhood: bool = True) -> DataRequest:
    resident = cast.actor("resident")
    if in_a_neighbourhood:
        neighbourhood_subscribe(actor=resident, place=cast.places["committee_a_place"])
    return request_make(actor=resident, kind="correct", text="事项里我的楼号写错了，应为三号楼")


def test_every_room_says_what_it_holds(cast: Cast) -> None:
    year_load()
    category("facility")
    matter = Life(cast).to_reported()
    neighbourhood_subscribe(actor=cast.actor("resident"), place=cast.places["committee_a_place"])
    held = {str(one.label): one.rows for one in held_about(cast.person("resident").pk)}
    assert held["称呼和手机号"][0]["手机号"] == "13900000001"
    assert held["反映的事项"][0]["编号"] == matter.number
    assert {"账号", "同意过的告知", "订阅的社区", "发给您的消息"} <= set(held) and "工作岗位" not in held
    others = {str(one.label) for one in held_about(cast.person("neighbour").pk)}
    assert "反映的事项" not in others
    assert "工作岗位" in {str(one.label) for one in held_about(cast.person("worker").pk)}


@pytest.mark.parametrize("name", ["resident", "worker", "department", "operator"])
def test_everybody_has_the_page(cast: Cast, name: str) -> None:
    page = cast.client(name).get(PAGE).content.decode()
    for words in ("存着什么", "谁看过", "更正", "同意与撤回", "下载", "提出申请", "注销账号"):
        assert words in page
    assert ("换手机号" in page) == (name == "resident")


@pytest.mark.parametrize("kind", ["json", "html", "xlsx"])
def test_it_is_taken_along_and_recorded(cast: Cast, kind: str) -> None:
    Person.objects.filter(pk=cast.person("resident").pk).update(name="=1+1")
    answer = cast.client("resident").post(f"{PAGE}take/{kind}/")
    assert f".{kind}" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"
    if kind == "json":
        first = json.loads(answer.content)[0]["记录"][0]
        assert first["姓名或称呼"] == "=1+1" and first["手机号"] == "13900000001"
    elif kind == "html":
        assert "13900000001" in answer.content.decode() and "<script" not in answer.content.decode()
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert ["称呼和手机号", 1.0, "姓名或称呼", "=1+1"] in rows
    assert AuditRecord.objects.filter(verb="person.export").count() == 1


def test_a_request_is_a_duty_of_the_committee_within_thirty_days(cast: Cast) -> None:
    made = _asked(cast)
    duty = Duty.objects.get(room="privacy")
    assert duty.unit == cast.units["committee_a"] and "个人信息保护法" in duty.law
    assert made.due_at == duty.due_at and timedelta(days=29) < duty.due_at - now() <= timedelta(days=31)
    assert "楼号" not in duty.title and DataRequest.objects.filter(text__contains="楼号").count() == 0


def test_without_a_neighbourhood_operators_answer(cast: Cast) -> None:
    made = _asked(cast, in_a_neighbourhood=False)
    assert Duty.objects.get(room="privacy").function == "operator"
    for name in ("worker", "street", "city", "resident"):
        with pytest.raises(NotFound):
            request_open(actor=cast.actor(name), request_id=str(made.public_id))
    assert request_open(actor=cast.actor("operator"), request_id=str(made.public_id)).pk == made.pk


def test_opening_is_a_look_that_the_person_sees(cast: Cast) -> None:
    made = _asked(cast)
    page = cast.client("worker2").get(f"{DESK}{made.public_id}/").content.decode()
    assert "三号楼" in page and "13900000001" in page
    look = AuditRecord.objects.get(verb="record.look")
    assert look.about_id == cast.person("resident").pk and look.looked_at == ["name", "phone"]
    mine = cast.client("resident").get(PAGE).content.decode()
    assert "共查看过 1 次" in mine and "答复本人的个人信息申请" in mine


def test_it_is_answered_with_words(cast: Cast) -> None:
    made, client = _asked(cast), cast.client("worker")
    here = f"{DESK}{made.public_id}/"
    assert client.post(here, {"is_granted": "granted", "answer": ""}).status_code == 422
    assert DataRequest.objects.get().state == "open"
    client.post(here, {"is_granted": "refused", "answer": "事项已归档，依据…；可向街道投诉。"})
    made.refresh_from_db()
    assert made.state == "refused" and made.answered_by == cast.person("worker")
    assert Duty.objects.get(room="privacy").state == "done"
    assert Notice.objects.get(person=cast.person("resident")).purpose == "lawful"
    assert "可向街道投诉" in cast.client("resident").get(PAGE).content.decode()
    with pytest.raises(Conflict):
        request_answer(
            actor=cast.actor("worker2"), request_id=str(made.public_id), is_granted=True, answer="再答"
        )


def test_nobody_answers_their_own(cast: Cast) -> None:
    neighbourhood_subscribe(actor=cast.actor("worker"), place=cast.places["committee_a_place"])
    made = request_make(actor=cast.actor("worker"), kind="object", text="不要公开我的照片")
    for act in (
        lambda: request_open(actor=cast.actor("worker"), request_id=str(made.public_id)),
        lambda: request_answer(
            actor=cast.actor("worker"), request_id=str(made.public_id), is_granted=True, answer="好"
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert DataRequest.objects.get().state == "open"


def test_wrong_requests_change_nothing(cast: Cast) -> None:
    resident = cast.actor("resident")
    for given in ({"kind": "other"}, {"text": " "}, {"text": "长" * 1001}):
        with pytest.raises(InvalidInput):
            request_make(actor=resident, **{"kind": "correct", "text": "写错了"} | given)
    with pytest.raises(NotAllowed):
        request_make(actor=cast.actor("visitor"), kind="correct", text="写错了")
    assert not DataRequest.objects.exists() and not Duty.objects.exists()
    for _ in range(5):
        request_make(actor=resident, kind="correct", text="写错了")
    with pytest.raises(TooMany):
        request_make(actor=resident, kind="correct", text="写错了")


def test_one_takes_a_request_back(cast: Cast) -> None:
    made = _asked(cast)
    with pytest.raises(NotFound):
        request_withdraw(actor=cast.actor("neighbour"), request_id=str(made.public_id))
    cast.client("resident").post(f"{PAGE}requests/{made.public_id}/withdraw/")
    assert DataRequest.objects.get().state == "withdrawn" and Duty.objects.get().state == "done"


def test_words_go_three_years_after_the_answer(cast: Cast) -> None:
    made = _asked(cast)
    request_answer(actor=cast.actor("worker"), request_id=str(made.public_id), is_granted=True, answer="已改")
    with clock_at(now() + timedelta(days=1096)):
        assert retention_apply(actor=KEEPER, kind="data_request") == 1
    made.refresh_from_db()
    assert (made.text, made.answer, made.state) == ("", "", "granted")


def test_consent_is_taken_back_and_given_anew(cast: Cast) -> None:
    client = cast.client("resident")
    client.post(f"{PAGE}consent/withdraw/")
    consent = PrivacyConsent.objects.get(person=cast.person("resident"))
    assert consent.withdrawn_at == now()
    assert client.get(PAGE).status_code == 302  # signed out
    again = cast.client("resident")
    assert "/privacy/agree/" in again.get(PAGE)["Location"]
    again.post("/privacy/agree/", {"version": consent.version})
    assert again.get(PAGE).status_code == 200
    assert PrivacyConsent.objects.filter(person=cast.person("resident")).count() == 2


def _codes(client: object, page: str) -> list[str]:
    import re

    return re.findall(r"验证码 (\d{6})", page)


def test_a_number_is_changed_with_both_codes(cast: Cast) -> None:
    settings.SHOW_CODES, before = True, settings.SHOW_CODES
    try:
        client = cast.client("resident")
        client.post("/me/phone/", {"phone": "13900000077"})
        new, old = _codes(client, client.get("/me/phone/").content.decode())
        wrong = client.post("/me/phone/", {"code": new, "code_old": "000000" if old != "000000" else "1"})
        assert (
            wrong.status_code == 422
            and Person.objects.get(pk=cast.person("resident").pk).phone == "13900000001"
        )
        clock_forward(timedelta(minutes=2))
        client.post("/me/phone/?again=1", {"phone": "13900000077"})
        new, old = _codes(client, client.get("/me/phone/").content.decode())
        client.post("/me/phone/", {"code": new, "code_old": old})
    finally:
        settings.SHOW_CODES = before
    assert Person.objects.get(pk=cast.person("resident").pk).phone == "13900000077"
    assert AuditRecord.objects.filter(verb="person.phone_change").count() == 1


def test_a_number_of_somebody_else_is_refused(cast: Cast) -> None:
    settings.SHOW_CODES, before = True, settings.SHOW_CODES
    try:
        client = cast.client("resident")
        client.post("/me/phone/", {"phone": "13900000002"})
        new, old = _codes(client, client.get("/me/phone/").content.decode())
        answer = client.post("/me/phone/", {"code": new, "code_old": old})
    finally:
        settings.SHOW_CODES = before
    assert answer.status_code == 422 and "已有账号" in answer.content.decode()
    assert Person.objects.get(pk=cast.person("resident").pk).phone == "13900000001"
