"""An erased person cannot be read again, not even from rows that a backup held, once the key is nowhere."""

from pathlib import Path

import pytest
from django.db import connection

from linli.core import clock
from linli.core.crypto import key_ring
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.registers.residents.finding.services import residents_search
from linli.registers.residents.models import (
    AccountLink,
    Fact,
    Household,
    Membership,
    RegisterEvent,
    Resident,
    SearchToken,
)
from linli.registers.residents.sealing import sealed_get, sealed_set
from linli.registers.residents.services.erasing import resident_erase
from tests.people import Cast

from .persons import person

pytestmark = pytest.mark.django_db
NUMBER, PHONE = "11010519491231002X", "13800138000"
INCOME = "3200998877661"  # long enough to stand in no random key or identifier by chance


@pytest.fixture
def gone(cast: Cast) -> Resident:
    place = cast.places["committee_a_place"]
    resident = person(
        place,
        "王小明",
        number=NUMBER,
        phone=PHONE,
        birth="1949-12-31",
        sex="m",
        state="away",
        number_kind="id",
    )
    now = clock.now()
    fact = Fact(resident=resident, key="income", collected_on=clock.today(), recorded_at=now)
    sealed_set(fact, value=INCOME)
    fact.save()
    Fact.objects.create(
        resident=resident, key="employment", value="retired", collected_on=clock.today(), recorded_at=now
    )
    home = Household.objects.create(area_path=place.path, created_at=now, updated_at=now)
    Membership.objects.create(household=home, resident=resident, relation="head", recorded_at=now)
    AccountLink.objects.create(
        person=cast.person("resident"), resident=resident, how="worker", state="standing", asked_at=now
    )
    journal = f'[{{"new": {{"data_key": "{resident.data_key}"}}}}]'
    for of in ({"resident": resident}, {"household": home}):
        RegisterEvent.objects.create(verb="resident.register", at=now, undo_text=journal, **of)
    return resident


def _dump() -> str:
    with connection.cursor() as cursor:
        told = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told.append(str(cursor.fetchall()))
    return "\n".join(told)


def test_nothing_of_an_erased_person_is_left_to_open(cast: Cast, gone: Resident) -> None:
    wrapped, sealed, index = gone.data_key, gone.name_sealed, gone.number_index
    resident_erase(actor=cast.actor("worker"), resident_id=gone.public_id, reason="本人申请")
    row = Resident.objects.get(pk=gone.pk)
    assert (row.state, row.data_key, row.number_index, row.birth_month, row.sex) == (
        "erased",
        "",
        None,
        None,
        "",
    )
    assert [sealed_get(row, name) for name in ("name", "number", "phone", "birth")] == ["", "", "", ""]
    assert not SearchToken.objects.filter(resident=gone).exists()
    assert {(f.value, f.value_sealed, f.state) for f in Fact.objects.all()} == {("", "", "unknown")}
    assert not Membership.objects.filter(to_on__isnull=True).exists()
    assert AccountLink.objects.get().state == "ended"
    assert {event.undo_text for event in RegisterEvent.objects.all()} == {""}
    told = _dump()
    assert not any(value in told for value in (wrapped, sealed, str(index), INCOME, "retired"))
    assert residents_search(actor=cast.actor("worker"), words="王小明").hits == ()


def test_rows_of_a_backup_open_only_with_the_wrapped_key(cast: Cast, gone: Resident, tmp_path: Path) -> None:
    """Rows that were copied before still hold it: they go with the backups, or with the ring's old key."""
    wrapped, sealed = gone.data_key, gone.name_sealed
    resident_erase(actor=cast.actor("worker"), resident_id=gone.public_id, reason="本人申请")
    context = "residents_resident.name_sealed"
    assert key_ring().key_open(wrapped).open(sealed, context) == "王小明"  # the limit, said in the docs
    for key in (key_ring().key_make()[1], key_ring().key_open(key_ring().key_new())):
        with pytest.raises(ValueError, match="does not fit"):
            key.open(sealed, context)
    with pytest.raises(ValueError, match="does not fit"):
        key_ring().decrypt(f"data-1:{sealed.partition(':')[2]}", context)


def test_who_was_merged_into_them_goes_too(cast: Cast, gone: Resident) -> None:
    twin = person(cast.places["committee_a_place"], "王小明", state="merged", merged_into=gone)
    resident_erase(actor=cast.actor("street"), resident_id=gone.public_id, reason="保存期限已到")
    twin.refresh_from_db()
    assert (twin.data_key, twin.name_sealed, twin.state) == ("", "", "merged")


@pytest.mark.parametrize("state", ["here", "merged", "erased"])
def test_only_who_left_or_died_is_erased(cast: Cast, gone: Resident, state: str) -> None:
    Resident.objects.filter(pk=gone.pk).update(state=state)
    before = _dump()
    with pytest.raises(Conflict):
        resident_erase(actor=cast.actor("worker"), resident_id=gone.public_id, reason="本人申请")
    assert _dump() == before


def test_others_and_no_reason_are_refused(cast: Cast, gone: Resident) -> None:
    before = _dump()
    for who, refusal in (
        *(
            ("grid_worker", NotAllowed),
            ("worker_b", NotFound),
            ("district", NotFound),
            ("resident", NotFound),
        ),
    ):
        with pytest.raises(refusal):
            resident_erase(actor=cast.actor(who), resident_id=gone.public_id, reason="本人申请")
    with pytest.raises(InvalidInput):
        resident_erase(actor=cast.actor("worker"), resident_id=gone.public_id, reason=" ")
    assert _dump() == before


def test_the_page_says_what_goes_and_asks_for_a_word(cast: Cast, gone: Resident) -> None:
    page = f"/desk/residents/people/{gone.public_id}/erase/"
    client = cast.client("worker")
    shown = client.get(page).content.decode()
    assert "登记的情况 2 条" in shown and "变更和查看的记录 1 条" in shown and "王小明" not in shown
    for said, words in (
        ({"why": "", "word": "删除"}, "请选择依据"),
        ({"why": "本人申请删除", "word": "好"}, "请输入“删除”两个字"),
        ({"why": "other", "reason": " ", "word": "删除"}, "请写明依据"),
    ):
        answer = client.post(page, said)
        assert answer.status_code == 422 and words in answer.content.decode()
    gone.refresh_from_db()
    assert sealed_get(gone, "name") == "王小明"
    history = f"/desk/residents/people/{gone.public_id}/history/"
    assert page in client.get(history).content.decode()
    done = client.post(page, {"why": "other", "reason": "法院判决", "word": "删除"})
    assert done.status_code == 302 and done["Location"] == history
    gone.refresh_from_db()
    assert gone.state == Resident.State.ERASED and not gone.data_key
    assert "已经删除" in client.get(page).content.decode()


def test_who_is_here_is_not_offered_for_erasing(cast: Cast, gone: Resident) -> None:
    Resident.objects.update(state=Resident.State.HERE)
    page = f"/desk/residents/people/{gone.public_id}/erase/"
    client = cast.client("worker")
    assert "请先办理迁出" in client.get(page).content.decode()
    refused = client.post(page, {"why": "本人申请删除", "word": "删除"})
    gone.refresh_from_db()
    assert refused.status_code == 409 and gone.data_key
    assert cast.client("worker_b").get(page).status_code == 404
