"""Pages of linking: the resident's way by code and by asking, the worker's comparison, the sheet of codes."""

import re

import pytest

from linli.foundation.audit.models import AuditRecord
from linli.foundation.notices.services import neighbourhood_subscribe
from linli.registers.residents.linking.services import door_code_enter, door_codes_make
from linli.registers.residents.models import AccountLink, DoorCode
from linli.registers.residents.tests.houses import House, house_make
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OWN, DESK, CODES = "/me/registry/", "/desk/residents/links/", "/desk/residents/codes/"
FATHER = {"name": "王建国", "birth": "1960-03-07", "last_four": "1237"}


@pytest.fixture
def house(cast: Cast, clock: object) -> House:
    return house_make(cast)


def _text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_a_resident_asks_step_by_step_and_a_worker_confirms(cast: Cast, house: House) -> None:
    resident, worker = cast.client("resident"), cast.client("worker")
    assert f"?compound={house.compound.public_id}" in _text(resident.get(f"{OWN}ask/?words=桂花"))
    assert f"?building={house.building.public_id}" in _text(
        resident.get(f"{OWN}ask/?compound={house.compound.public_id}")
    )
    rooms = _text(resident.get(f"{OWN}ask/?building={house.building.public_id}"))
    assert "101室" in rooms and f"?part={house.home.public_id}" in rooms
    address = f"{OWN}ask/?part={house.home.public_id}"
    assert "请填写姓名" in _text(resident.post(address, {"name": ""}))
    assert resident.post(address, FATHER).status_code == 302
    assert "正在核对" in _text(resident.get(OWN))
    link = AccountLink.objects.get()
    page = worker.get(f"{DESK}{link.public_id}/")
    assert page["Cache-Control"].startswith("max-age=0") and "王**" in _text(page)
    for personal in ("王建国", "310101196003071237", "1960-03-07", "李秀英"):
        assert personal not in _text(page)
    shown = _text(worker.post(f"{DESK}{link.public_id}/", {"act": "reveal"}))
    assert (
        "王建国" in shown and "310101196003071237" in shown and "姓名一致，出生日期一致，后4位一致" in shown
    )
    assert AuditRecord.objects.filter(verb="record.look").count() == 4
    nobody = worker.post(f"{DESK}{link.public_id}/", {"act": "confirm"})
    assert nobody.status_code == 422 and "请选择" in _text(nobody)
    done = worker.post(f"{DESK}{link.public_id}/", {"act": "confirm", "resident": house.father.public_id})
    assert done.status_code == 302
    assert "已关联到您本人" in _text(resident.get(OWN)) and "1 个孩子" in _text(resident.get(OWN))
    assert "关联到本人" in _text(worker.get(DESK))
    cut = worker.post(f"{DESK}{link.public_id}/", {"act": "cut", "reason": "账号换了人"})
    assert cut.status_code == 302 and AccountLink.objects.get().state == "ended"


def test_a_refusal_needs_a_reason(cast: Cast, house: House) -> None:
    cast.client("resident").post(f"{OWN}ask/?part={house.home.public_id}", FATHER)
    link, worker = AccountLink.objects.get(), cast.client("worker")
    empty = worker.post(f"{DESK}{link.public_id}/", {"act": "refuse", "reason": ""})
    assert empty.status_code == 422 and "请写明理由" in _text(empty)
    assert (
        worker.post(f"{DESK}{link.public_id}/", {"act": "refuse", "reason": "请带证件来"}).status_code == 302
    )
    page = _text(cast.client("resident").get(OWN))
    assert "请带证件来" in page and "有入户码" in page


def test_the_sheet_is_printed_once_and_its_codes_open_the_door(cast: Cast, house: House) -> None:
    worker, resident = cast.client("worker"), cast.client("resident")
    assert "桂花新村1号" in _text(worker.get(CODES))
    assert worker.get(f"{CODES}?words=没有").status_code == 200
    sheet = worker.post(f"{CODES}{house.building.public_id}/print/", {"copies": 2})
    codes = re.findall(r"(?<![-\w])[2-9A-Z]{4}-[2-9A-Z]{4}(?![-\w])", _text(sheet))
    assert len(codes) == len(set(codes)) == 4 and "no-store" in sheet["Cache-Control"]
    assert "data:image/svg+xml" in _text(sheet) and "101室" in _text(sheet)
    page = _text(worker.get(f"{CODES}{house.building.public_id}/"))
    assert not [code for code in codes if code in page] and "可用" in page
    door = f"{OWN}door/{house.home.public_id}/"
    assert "桂花新村1号101室" in _text(resident.get(door))
    wrong = resident.post(door, {"code": "2222-2222"})
    assert wrong.status_code == 422 and "入户码不对" in _text(wrong)
    short = resident.post(door, {"code": "22"})
    assert short.status_code == 422 and "8位" in _text(short)
    right = resident.post(door, {"code": codes[0], **FATHER})
    assert right.status_code == 302 and AccountLink.objects.get().resident == house.father
    assert "已使用" in _text(worker.get(f"{CODES}{house.building.public_id}/"))
    worker.post(f"{CODES}{house.building.public_id}/void/")
    assert DoorCode.objects.filter(voided_at__isnull=False).count() == 3


def test_too_many_tries_are_told_beside_the_field(cast: Cast, house: House) -> None:
    resident = cast.client("resident")
    for _try in range(5):
        resident.post(f"{OWN}door/", {"code": "2222-2222"})
    answer = resident.post(f"{OWN}door/", {"code": "2222-2222"})
    assert answer.status_code == 422 and "操作太频繁" in _text(answer)


def test_who_lives_there_may_say_who_they_are_later(cast: Cast, house: House) -> None:
    code = door_codes_make(actor=cast.actor("worker"), building_id=house.building.public_id)[0].code
    door_code_enter(actor=cast.actor("resident"), code=code)
    client = cast.client("resident")
    assert "已确认您住在这里" in _text(client.get(OWN))
    asked = _text(client.get(f"{OWN}ask/"))
    assert "101室" in asked and "重新选择" not in asked
    assert client.post(f"{OWN}ask/", FATHER).status_code == 302
    assert AccountLink.objects.get().claim
    assert client.post(f"{OWN}end/").status_code == 302 and AccountLink.objects.get().state == "ended"


def test_a_wrong_address_is_not_found(cast: Cast, house: House) -> None:
    client = cast.client("resident")
    for asked in ("part=x", "building=x", "compound=x"):
        assert client.get(f"{OWN}ask/?{asked}").status_code == 404


def test_the_buildings_cost_the_same_for_many(
    cast: Cast, house: House, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    client = cast.client("worker")
    client.get(CODES)
    with django_assert_max_num_queries(14):
        client.get(CODES)


def test_the_compounds_of_ones_neighbourhood_are_offered_before_anything_is_typed(
    cast: Cast, house: House
) -> None:
    address = f"{OWN}ask/"
    offered = f"?compound={house.compound.public_id}"
    assert offered not in _text(cast.client("resident").get(address))  # no neighbourhood chosen
    neighbourhood_subscribe(actor=cast.actor("resident"), place=cast.places["committee_a_place"])
    page = _text(cast.client("resident").get(address))
    assert offered in page and "您社区的小区" in page
    neighbourhood_subscribe(actor=cast.actor("neighbour"), place=cast.places["committee_b_place"])
    assert offered not in _text(cast.client("neighbour").get(address))
