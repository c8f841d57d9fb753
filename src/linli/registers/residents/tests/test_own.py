"""What the register holds about somebody is shown to them, put right, objected to, erased."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.core import clock as time
from linli.core.clock import clock_forward, today
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.retention import Rule, rule_of, rules
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.files.models import StoredFile
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.selectors import held_about
from linli.foundation.privacy.services import request_answer
from linli.foundation.retention.services import hold_lift, hold_place, retention_apply
from linli.foundation.retention.tasks import KEEPER
from linli.registers.residents.consents.services import consent_give
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.finding.services import resident_reveal
from linli.registers.residents.models import (
    AccountLink,
    Assessment,
    Consent,
    DoorCode,
    Fact,
    Guardian,
    RegisterEvent,
    Resident,
    SearchToken,
)
from linli.registers.residents.own.selectors import objecting, objects_to_matching
from linli.registers.residents.own.services import (
    correction_ask,
    deletion_ask,
    fact_correction_ask,
    objection_lift,
    objection_make,
)
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services.erasing import resident_erase
from linli.registers.residents.tests.houses import House, house_linked
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OWN = "/me/registry/"


@pytest.fixture
def house(cast: Cast, clock: object) -> House:
    """The family, and the father's account tied to him."""
    return house_linked(cast)


def _fact(cast: Cast, resident: Resident) -> Fact:
    return fact_set(actor=cast.actor("worker"), subject=resident, key="disability_kind", value="limbs")


def _held(cast: Cast, name: str = "resident") -> dict[str, list[dict[str, str]]]:
    return {str(one.label): one.rows for one in held_about(cast.person(name).pk)}


def _correct(cast: Cast, house: House, **wanted: str) -> DataRequest:
    return correction_ask(
        actor=cast.actor("resident"), resident_id=house.father.public_id, wanted=wanted, why="换号了"
    )


# --- what is held ---------------------------------------------------------------


def test_everything_is_shown_to_the_person_with_its_source(cast: Cast, house: House) -> None:
    _fact(cast, house.father)
    held = _held(cast)
    own, child = held["居民登记"]
    assert (own["谁"], own["姓名"], own["电话"]) == ("本人", "王建国", "13912345678")
    assert own["证件号码"] == "310101196003071237" and own["来源"] == "居村采集"
    assert child["谁"] == "您监护的孩子 王小宝"
    assert "李秀英" not in json.dumps(held, ensure_ascii=False)  # a wife speaks for herself
    assert held["户和住处"][0]["房屋"] == "桂花新村1号101室"
    fact = held["登记的事实"][0]
    assert fact["内容"] and "***" not in fact["内容"] and "个人信息保护法" in fact["依据"]
    assert held["账号与居民登记的关联"][0]["方式"] == "入户码"
    assert "居民登记" not in _held(cast, "neighbour")
    page = cast.client("resident").get("/me/data/").content.decode()
    assert "居民登记" in page and "310101196003071237" in page
    taken = cast.client("resident").post("/me/data/take/json/").content.decode()
    assert "王小宝" in taken


def test_a_child_of_fourteen_speaks_for_themselves(cast: Cast, house: House) -> None:
    Resident.objects.filter(pk=house.child.pk).update(birth_month=date(2012, 2, 1))
    held = _held(cast)
    assert len(held["居民登记"]) == 1 and "王小宝" not in json.dumps(held, ensure_ascii=False)
    with pytest.raises(NotFound):
        objection_make(actor=cast.actor("resident"), resident_id=house.child.public_id)


def test_a_look_is_shown_to_the_person(cast: Cast, house: House) -> None:
    resident_reveal(
        actor=cast.actor("grid_worker"), resident_id=house.father.public_id, fields=["phone"], purpose="visit"
    )
    assert "走访" in cast.client("resident").get("/looks/").content.decode()


# --- corrections ----------------------------------------------------------------


def test_a_correction_is_a_duty_and_one_press_carries_it_out(cast: Cast, house: House) -> None:
    asked = _correct(cast, house, name="王建国", phone="13800138000")
    assert json.loads(asked.proposal) == {"phone": "13800138000"}
    assert not DataRequest.objects.filter(proposal__contains="138").exists()
    duty = Duty.objects.get(subject_id=str(asked.public_id))
    assert duty.unit == cast.units["committee_a"] and "个人信息保护法" in duty.law
    assert timedelta(days=29) < asked.due_at - time.now() <= timedelta(days=31)
    page = cast.client("worker").get(f"/desk/settings/data-requests/{asked.public_id}/").content.decode()
    assert "13912345678" in page and "13800138000" in page and "照办就改成这样" in page
    look = AuditRecord.objects.filter(verb="record.look", about_id=cast.person("resident").pk).latest("at")
    assert "proposal" in look.looked_at
    worker = cast.actor("worker")
    request_answer(actor=worker, request_id=str(asked.public_id), is_granted=True, answer="已改为新号码。")
    father = Resident.objects.get(pk=house.father.pk)
    assert sealed_get(father, "phone") == "13800138000"
    assert father.origins["phone"] == ["resident", today().isoformat()]
    assert father.version == house.father.version + 1
    assert RegisterEvent.objects.filter(verb="resident.correct", resident=father).exists()
    assert "13800138000" in json.dumps(_held(cast), ensure_ascii=False)


def test_a_refused_correction_changes_nothing(cast: Cast, house: House) -> None:
    asked = _correct(cast, house, phone="13800138000")
    request_answer(
        actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=False, answer="号码打不通。"
    )
    assert sealed_get(Resident.objects.get(pk=house.father.pk), "phone") == "13912345678"
    assert Resident.objects.get(pk=house.father.pk).version == house.father.version


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"name": "王?国"}, "name"),
        ({"birth": "1960-13-01"}, "birth"),
        ({"number": "31010119600307999X"}, "number"),
        ({}, ""),
        ({"name": "王建国", "phone": "13912345678"}, ""),
    ],
)
def test_what_cannot_be_right_is_refused_at_once(
    cast: Cast, house: House, wanted: dict[str, str], field: str
) -> None:
    Resident.objects.filter(pk=house.father.pk).update(number_kind="other")
    with pytest.raises(InvalidInput) as refusal:
        _correct(cast, house, **wanted)
    assert field in refusal.value.details or not field
    assert not DataRequest.objects.exists() and not Duty.objects.filter(room="privacy").exists()
    for value in (text for text in wanted.values() if len(text) > 2):
        assert value not in refusal.value.message


def test_nobody_corrects_others_or_answers_their_own(cast: Cast, house: House) -> None:
    for one in (house.mother, house.child):
        with pytest.raises(NotFound):
            correction_ask(
                actor=cast.actor("neighbour"), resident_id=one.public_id, wanted={"phone": "13800138000"}
            )
    with pytest.raises(NotAllowed):
        correction_ask(
            actor=cast.actor("visitor"), resident_id=house.father.public_id, wanted={"phone": "13800138000"}
        )
    asked = _correct(cast, house, phone="13800138000")
    for name in ("worker_b", "street", "grid_worker", "district"):
        with pytest.raises(NotFound):
            request_answer(
                actor=cast.actor(name), request_id=str(asked.public_id), is_granted=True, answer="好"
            )
    assert sealed_get(Resident.objects.get(pk=house.father.pk), "phone") == "13912345678"


def test_a_guardian_corrects_for_a_child(cast: Cast, house: House) -> None:
    asked = correction_ask(
        actor=cast.actor("resident"), resident_id=house.child.public_id, wanted={"name": "王晓宝"}
    )
    request_answer(
        actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="已更正。"
    )
    assert sealed_get(Resident.objects.get(pk=house.child.pk), "name") == "王晓宝"


def test_a_fact_is_put_right(cast: Cast, house: House) -> None:
    fact = _fact(cast, house.father)
    said = {"actor": cast.actor("resident"), "resident_id": house.father.public_id}
    with pytest.raises(InvalidInput):
        fact_correction_ask(**said, fact_id=fact.public_id, state="known", value="limbs")
    with pytest.raises(InvalidInput):
        fact_correction_ask(**said, fact_id=fact.public_id, state="known", value="nonsense")
    with pytest.raises(NotFound):
        fact_correction_ask(**said, fact_id="00000000-0000-7000-8000-000000000000", state="none")
    asked = fact_correction_ask(**said, fact_id=fact.public_id, state="none", why="我没有残疾证")
    page = cast.client("worker").get(f"/desk/settings/data-requests/{asked.public_id}/").content.decode()
    assert "没有" in page
    request_answer(
        actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="已更正。"
    )
    now = Fact.objects.get(resident=house.father, to_on__isnull=True, key=fact.key)
    assert (now.state, now.source, now.value_sealed) == ("none", "resident", "")


def test_a_fact_that_changed_meanwhile_is_not_overwritten(cast: Cast, house: House) -> None:
    fact = _fact(cast, house.father)
    asked = fact_correction_ask(
        actor=cast.actor("resident"),
        resident_id=house.father.public_id,
        fact_id=fact.public_id,
        state="none",
    )
    Fact.objects.filter(pk=fact.pk).update(to_on=today())
    with pytest.raises(Conflict):
        request_answer(
            actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="好"
        )
    assert DataRequest.objects.get().state == "open"


# --- objection ------------------------------------------------------------------


def test_an_objection_to_machines_holds_at_once(cast: Cast, house: House) -> None:
    own = {"actor": cast.actor("resident"), "resident_id": house.father.public_id}
    assert not objects_to_matching(house.father)
    objection_make(**own)
    assert objects_to_matching(house.father)
    assert objecting([house.father.pk, house.mother.pk]) == {house.father.pk}
    with pytest.raises(Conflict):
        objection_make(**own)
    assert "不同意由机器匹配" in json.dumps(_held(cast), ensure_ascii=False)
    objection_lift(**own)
    assert not objects_to_matching(house.father)
    with pytest.raises(Conflict):
        objection_lift(**own)


# --- consents -------------------------------------------------------------------


def test_a_person_reads_gives_and_takes_back_their_consents(cast: Cast, house: House) -> None:
    consent_give(actor=cast.actor("worker"), resident_id=house.father.pk, purpose="care_provider", how="oral")
    client, address = cast.client("resident"), f"{OWN}{house.father.public_id}/consents/"
    page = client.get(address).content.decode()
    assert "把姓名、住址和照护等级告诉上门服务机构" in page and "口头，有人见证 · 本人" in page
    assert "处理不满十四周岁未成年人的信息" not in page  # he is grown up
    assert client.post(address, {"purpose": "phone_reminder"}).status_code == 302
    given = Consent.objects.get(purpose="phone_reminder")
    assert (given.how, given.given_by) == ("self", house.father)
    assert "在线 · 本人" in client.get(address).content.decode()
    assert client.post(address, {"purpose": "phone_reminder", "act": "withdraw"}).status_code == 302
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    held = _held(cast)["居民登记里的同意和异议"]
    assert [row["事项"] for row in held] == [
        "把姓名、住址和照护等级告诉上门服务机构",
        "用登记的电话提醒待遇和活动",
    ]
    assert [row["方式"] for row in held] == ["口头，有人见证", "在线"] and held[1]["撤回"]


def test_a_consent_to_former_words_is_asked_anew(cast: Cast, house: House) -> None:
    given = consent_give(
        actor=cast.actor("resident"), resident_id=house.father.pk, purpose="phone_reminder", how="self"
    )
    Consent.objects.filter(pk=given.pk).update(version="2020-01")
    client, address = cast.client("resident"), f"{OWN}{house.father.public_id}/consents/"
    assert "按新的内容同意" in client.get(address).content.decode()
    client.post(address, {"purpose": "phone_reminder"})
    assert "按新的内容同意" not in client.get(address).content.decode()
    assert Consent.objects.get(purpose="phone_reminder", withdrawn_at=None).version == "2026-11"


def test_a_guardian_agrees_for_a_child_and_nobody_for_others(cast: Cast, house: House) -> None:
    client, child = cast.client("resident"), f"{OWN}{house.child.public_id}/consents/"
    assert "处理不满十四周岁未成年人的信息" in client.get(child).content.decode()
    client.post(child, {"purpose": "minor_facts"})
    assert Consent.objects.get().given_by == house.father
    assert "在线 · 监护人" in client.get(child).content.decode()
    for stranger, address in (
        (cast.client("resident"), f"{OWN}{house.mother.public_id}/consents/"),
        (cast.client("neighbour"), child),
        (cast.client("worker"), child),
    ):
        assert stranger.get(address).status_code == 404
        for send in ({"purpose": "phone_reminder"}, {"purpose": "minor_facts", "act": "withdraw"}):
            assert stranger.post(address, send).status_code == 404
    assert client.post(child, {"purpose": "gossip"}).status_code == 422
    assert client.post(child, {"purpose": "care_provider", "act": "withdraw"}).status_code == 404
    assert list(Consent.objects.values_list("purpose", "withdrawn_at")) == [("minor_facts", None)]


def test_who_works_at_the_desk_agrees_only_for_themselves(cast: Cast, house: House) -> None:
    worker = cast.actor("worker")
    AccountLink.objects.create(
        person=cast.person("worker"),
        resident=house.mother,
        how="worker",
        state="standing",
        asked_at=time.now(),
    )
    with pytest.raises(InvalidInput):
        consent_give(actor=worker, resident_id=house.mother.pk, purpose="phone_reminder", how="paper")
    with pytest.raises(InvalidInput):
        consent_give(actor=worker, resident_id=house.father.pk, purpose="phone_reminder", how="self")
    assert not Consent.objects.exists()
    address = f"{OWN}{house.mother.public_id}/consents/"
    assert cast.client("worker").post(address, {"purpose": "phone_reminder"}).status_code == 302
    assert Consent.objects.get().how == "self"


# --- deletion -------------------------------------------------------------------


def _asked_to_delete(cast: Cast, house: House) -> DataRequest:
    return deletion_ask(
        actor=cast.actor("resident"), resident_id=house.father.public_id, why="搬走了，不住这里"
    )


def test_who_lives_here_is_kept_and_told_by_which_law(cast: Cast, house: House) -> None:
    asked = _asked_to_delete(cast, house)
    page = cast.client("worker").get(f"/desk/settings/data-requests/{asked.public_id}/").content.decode()
    assert "第13条第3项" in page
    answer = cast.client("worker").post(
        f"/desk/settings/data-requests/{asked.public_id}/", {"is_granted": "granted", "answer": "好"}
    )
    assert answer.status_code == 422 and "不能删除" in answer.content.decode()
    assert Resident.objects.get(pk=house.father.pk).data_key and DataRequest.objects.get().state == "open"


def test_who_has_gone_is_erased(cast: Cast, house: House) -> None:
    _fact(cast, house.father)
    SearchToken.objects.create(token=1, resident=house.father)
    asked = _asked_to_delete(cast, house)
    Resident.objects.filter(pk=house.father.pk).update(state="away", state_on=today())
    request_answer(
        actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="已删除。"
    )
    gone = Resident.objects.get(pk=house.father.pk)
    assert (gone.state, gone.data_key, gone.number_index, gone.birth_month) == ("erased", "", None, None)
    assert not any(sealed_get(gone, name) for name in ("name", "number", "phone", "birth"))
    assert not SearchToken.objects.filter(resident=gone).exists()
    assert not Fact.objects.filter(resident=gone).exclude(value="", value_sealed="").exists()
    assert not Guardian.objects.filter(guardian=gone, to_on__isnull=True).exists()
    assert AccountLink.objects.get(resident=gone).state == "ended"
    assert "居民登记" not in _held(cast)


def test_an_owner_is_not_erased_nor_by_others(cast: Cast, house: House) -> None:
    for name, refusal in (("worker_b", NotFound), ("district", NotFound), ("resident", NotFound)):
        with pytest.raises(refusal):
            resident_erase(actor=cast.actor(name), resident_id=house.father.public_id, reason="已迁出")
    with pytest.raises(Conflict):
        resident_erase(actor=cast.actor("worker"), resident_id=house.father.public_id, reason="已迁出")
    assert Resident.objects.get(pk=house.father.pk).data_key


# --- pages ----------------------------------------------------------------------


def test_the_pages_of_a_correction(cast: Cast, house: House, picture: bytes) -> None:
    client, father = cast.client("resident"), house.father.public_id
    fact = _fact(cast, house.father)
    page = client.get(OWN).content.decode()
    assert f"{OWN}{father}/correct/" in page and f"{OWN}{father}/facts/{fact.public_id}/" in page
    form = client.get(f"{OWN}{father}/correct/")
    assert "13912345678" in form.content.decode() and "no-store" in form["Cache-Control"]
    held = {"name": "王建国", "birth": "1960-03-07", "sex": "", "number": "310101196003071237"}
    bad = client.post(f"{OWN}{father}/correct/", {**held, "phone": "12"})
    assert bad.status_code == 422 and "11位手机号" in bad.content.decode()
    photo = SimpleUploadedFile("card.jpg", picture, content_type="image/jpeg")
    sent = client.post(f"{OWN}{father}/correct/", {**held, "phone": "13800138000", "photo": photo})
    assert sent.status_code == 302
    asked = DataRequest.objects.get()
    assert asked.photo is not None and asked.photo.state == StoredFile.State.READY
    address = f"/desk/settings/data-requests/{asked.public_id}/photo/"
    assert cast.client("worker").get(address).status_code == 200
    for name in ("worker_b", "resident", "visitor", "street"):
        assert cast.client(name).get(address).status_code == 404
    assert client.post(f"{OWN}{father}/facts/{fact.public_id}/", {"state": "none"}).status_code == 302
    assert "在册期间依法保留" in client.get(f"{OWN}{father}/delete/").content.decode()
    assert client.post(f"{OWN}{father}/delete/", {"why": "搬走了"}).status_code == 302
    assert client.post(f"{OWN}{father}/objection/", {"act": "make"}).status_code == 302
    assert "恢复自动匹配" in client.get(f"{OWN}{father}/consents/").content.decode()
    for stranger in (house.mother.public_id, "00000000-0000-7000-8000-000000000000"):
        assert client.get(f"{OWN}{stranger}/correct/").status_code == 404


@pytest.fixture
def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(written, "JPEG")
    return written.getvalue()


# --- retention ------------------------------------------------------------------


def test_every_kind_of_the_register_has_its_time() -> None:
    kinds = {rule.kind: rule for rule in rules()}
    assert {"resident_moved", "resident_dead", "door_code", "account_link", "receipt", "care_entry"} <= set(
        kinds
    )
    assert kinds["register_undo"].days == 30 and kinds["assessment"].least == 3 * 365
    assert all(rule.source for rule in kinds.values())


def test_a_period_shorter_than_the_law_is_refused() -> None:
    said = {"label": "日志", "event": "写入", "does": "delete", "source": "网络安全法第23条"}
    assert Rule(kind="delivery", days=180, least=180, **said).days == 180
    with pytest.raises(ValueError, match="180"):
        Rule(kind="delivery", days=179, least=180, **said)
    assert rule_of("delivery").least >= 180 and rule_of("audit").days is None


def test_who_moved_away_is_emptied_after_three_years(cast: Cast, house: House) -> None:
    Resident.objects.filter(pk=house.father.pk).update(state="away", state_on=today())
    Resident.objects.filter(pk=house.mother.pk).update(state="dead", state_on=today())
    clock_forward(timedelta(days=1095))
    assert retention_apply(actor=KEEPER, kind="resident_moved") == 0
    clock_forward(timedelta(days=1, hours=12))
    assert retention_apply(actor=KEEPER, kind="resident_moved") == 1
    assert retention_apply(actor=KEEPER, kind="resident_dead") == 1
    assert set(Resident.objects.exclude(data_key="").values_list("pk", flat=True)) == {house.child.pk}


def test_who_is_held_back_stays_until_the_hold_is_lifted(cast: Cast, house: House) -> None:
    Resident.objects.filter(pk=house.father.pk).update(state="away", state_on=today())
    clock_forward(timedelta(days=1097))
    keeper, why = cast.actor("operator"), "诉讼未结"
    for name in ("王建国", str(house.building.public_id), ""):
        with pytest.raises(InvalidInput):
            hold_place(actor=keeper, kind="resident_moved", name=name, reason=why)
    held = hold_place(actor=keeper, kind="resident_moved", name=str(house.father.public_id), reason=why)
    assert retention_apply(actor=KEEPER, kind="resident_moved") == 0
    assert Resident.objects.get(pk=house.father.pk).data_key
    hold_lift(actor=keeper, hold_id=str(held.public_id))
    assert retention_apply(actor=KEEPER, kind="resident_moved") == 1
    assert not Resident.objects.get(pk=house.father.pk).data_key


def test_codes_undo_values_and_assessments_go(cast: Cast, house: House) -> None:
    Assessment.objects.create(title="评估", digest="", made_at=time.now(), concluded_at=time.now())
    RegisterEvent.objects.update(undo_text="前")
    assert retention_apply(actor=KEEPER, kind="register_undo") == 0
    clock_forward(timedelta(days=31))
    assert retention_apply(actor=KEEPER, kind="register_undo") == RegisterEvent.objects.count()
    assert retention_apply(actor=KEEPER, kind="door_code") == 0
    clock_forward(timedelta(days=181))
    assert retention_apply(actor=KEEPER, kind="door_code") == 1 and not DoorCode.objects.exists()
    clock_forward(timedelta(days=900))
    assert retention_apply(actor=KEEPER, kind="assessment") == 0
    clock_forward(timedelta(days=3650))
    assert retention_apply(actor=KEEPER, kind="assessment") == 1
