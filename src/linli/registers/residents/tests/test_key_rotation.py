"""A new key while people work: all renewed, nothing lost, an old key goes only when nothing needs it."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from linli.core.actor import system
from linli.core.crypto import KeyLost, KeyRing
from linli.core.crypto.usage import keys_named
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.foundation.accounts.models import Person
from linli.foundation.accounts.services.staff import SECRET_CONTEXT
from linli.foundation.audit.models import AuditRecord
from linli.foundation.keys import renewing
from linli.foundation.keys.models import KeyRun
from linli.foundation.keys.services import key_renew_batch, key_renewal_begin, key_retire
from linli.foundation.keys.tasks import renew
from linli.registers.residents.finding.services import residents_search
from linli.registers.residents.models import Resident, SearchToken
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.tasks import tokens_renew
from linli.registers.residents.tokens import tokens_of
from tests.people import Cast, cast_build

from .persons import person

pytestmark = pytest.mark.django_db
KEYS = system("keys")


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, built for each test alone: each test has keys of its own."""
    return cast_build()


@pytest.fixture
def wang(ring: KeyRing, cast: Cast) -> Resident:
    return person(cast.places["committee_a_place"], "王小明", phone="13800138000")


def _data_keys() -> set[str]:
    return {row.data_key.partition(":")[0] for row in Resident.objects.all()}


def test_everything_is_renewed_and_stays_readable(wang: Resident, cast: Cast, ring: KeyRing) -> None:
    row = Authenticator.objects.create(
        user=cast.accounts["operator"],
        type="totp",
        data={"secret": ring.encrypt("JBSW", SECRET_CONTEXT), "last_step": 0},
    )
    people = [person(cast.places["committee_a_place"], f"李{one}") for one in "甲乙丙丁戊"]
    run = key_renewal_begin(actor=KEYS)
    assert (run.key, ring.current) == ("data-2", "data-2")
    assert sealed_get(Resident.objects.get(pk=wang.pk), "name") == "王小明"  # while it goes on
    assert renew() > len(people)
    run.refresh_from_db()
    assert run.finished_at is not None and run.done >= 6
    assert keys_named() == {"data-2"} and _data_keys() == {"data-2"}
    found = Resident.objects.get(pk=wang.pk)
    assert sealed_get(found, "name") == "王小明" and sealed_get(found, "phone") == "13800138000"
    assert Person.objects.get(pk=cast.person("worker").pk).name == "赵敏"
    row.refresh_from_db()
    assert ring.decrypt(row.data["secret"], SECRET_CONTEXT) == "JBSW"
    assert row.data["secret"].startswith("data-2:")


def test_it_goes_on_where_it_stopped(wang: Resident, cast: Cast, ring: KeyRing) -> None:
    for one in "甲乙丙丁戊":
        person(cast.places["committee_a_place"], f"李{one}")
    run = key_renewal_begin(actor=KEYS)
    run.place = "residents_resident.data_key"
    assert key_renew_batch(actor=KEYS, run=run, most=2) == 2
    again = KeyRun.objects.get(pk=run.pk)
    assert again.place == "residents_resident.data_key" and again.after and again.finished_at is None
    assert _data_keys() == {"data-1", "data-2"}
    for _ in range(60):
        if KeyRun.objects.get(pk=run.pk).finished_at:
            break
        key_renew_batch(actor=KEYS, run=KeyRun.objects.get(pk=run.pk), most=2)
    assert keys_named() == {"data-2"}


def test_a_change_made_meanwhile_is_kept(
    wang: Resident, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = key_renewal_begin(actor=KEYS)
    run.place = "residents_resident.data_key"
    honest = renewing.renewed

    def while_somebody_works(column, rows):
        wrapped, key = ring.key_make()
        name = key.seal("王大明", "residents_resident.name_sealed")
        Resident.objects.filter(pk=wang.pk).update(data_key=wrapped, name_sealed=name, phone_sealed="")
        return honest(column, rows)

    monkeypatch.setattr("linli.foundation.keys.services.renewed", while_somebody_works)
    assert key_renew_batch(actor=KEYS, run=run) == 0
    assert sealed_get(Resident.objects.get(pk=wang.pk), "name") == "王大明"


def test_what_is_written_late_under_the_old_key_is_found(wang: Resident, ring: KeyRing) -> None:
    run = key_renewal_begin(actor=KEYS)
    run.place = list(renewing.places())[-1]  # the last column: the rest counts as looked at
    key_renew_batch(actor=KEYS, run=run)
    assert run.finished_at is None and run.place == ""
    assert renew() > 0 and keys_named() == {"data-2"}


def test_an_old_key_goes_only_when_nothing_names_it(wang: Resident, ring: KeyRing) -> None:
    with pytest.raises(Conflict, match="现在使用"):
        key_retire(actor=KEYS, name="data-1")
    key_renewal_begin(actor=KEYS)
    with pytest.raises(Conflict, match="行资料用 data-1"):
        key_retire(actor=KEYS, name="data-1")
    assert ring.data_keys() == ["data-1", "data-2"]
    renew()
    assert key_retire(actor=KEYS, name="data-1") == "data-1.retired"
    assert ring.data_keys() == ["data-2"]
    assert sealed_get(Resident.objects.get(pk=wang.pk), "name") == "王小明"
    with pytest.raises(NotFound):
        key_retire(actor=KEYS, name="data-9")


def test_a_lost_old_key_stops_the_renewal_and_changes_nothing(wang: Resident, ring: KeyRing) -> None:
    run = key_renewal_begin(actor=KEYS)
    ring.key_retire("data-1")
    before = list(Resident.objects.values_list("data_key", flat=True))
    run.place = "residents_resident.data_key"
    with pytest.raises(KeyLost, match="data-1"):
        key_renew_batch(actor=KEYS, run=run)
    assert list(Resident.objects.values_list("data_key", flat=True)) == before
    assert KeyRun.objects.get(pk=run.pk).finished_at is None


def test_one_renewal_at_a_time_and_by_whom(wang: Resident, cast: Cast, ring: KeyRing) -> None:
    run = key_renewal_begin(actor=KEYS)
    with pytest.raises(Conflict):
        key_renewal_begin(actor=KEYS)
    assert ring.data_keys() == ["data-1", "data-2"]
    for who in ("worker", "street", "city", "resident", "supervisor"):
        with pytest.raises(NotAllowed):
            key_renewal_begin(actor=cast.actor(who))
        with pytest.raises(NotAllowed):
            key_renew_batch(actor=cast.actor(who), run=run)
        with pytest.raises(NotAllowed):
            key_retire(actor=cast.actor(who), name="data-1")
    assert AuditRecord.objects.get(verb="key.make").purpose == "data-2"


def test_search_keys_change_while_people_search(wang: Resident, cast: Cast, ring: KeyRing) -> None:
    worker = cast.actor("worker")
    key_renewal_begin(actor=KEYS, kind=KeyRun.Kind.TOKENS)
    assert ring.token_keys() == ["tokens-1", "tokens-2"]
    assert len(residents_search(actor=worker, words="王小明").hits) == 1  # by the old tokens
    fresh = person(cast.places["committee_a_place"], "王小明")
    assert len(residents_search(actor=worker, words="王小明").hits) == 2  # by both
    assert tokens_renew() >= 2
    assert ring.token_keys() == ["tokens-2"]
    assert len(residents_search(actor=worker, words="王小明").hits) == 2
    held = set(SearchToken.objects.filter(resident=fresh).values_list("token", flat=True))
    assert held == tokens_of("990101", "王小明")


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    call_command("keys", *words)
    return capsys.readouterr().out


def test_the_command_says_how_things_stand(
    wang: Resident, ring: KeyRing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "data-1" in _said(capsys, "status") and "王" not in _said(capsys, "status")
    assert "已启用 data-2" in _said(capsys, "new")
    assert "正在进行" in _said(capsys, "status")
    assert "做完了" in _said(capsys, "rotate")
    assert "每一行都打得开" in _said(capsys, "check")
    assert "data-1.retired" in _said(capsys, "retire", "data-1")
    with pytest.raises(CommandError, match="现在使用"):
        call_command("keys", "retire", "data-2")
    assert "做完了" in _said(capsys, "retoken")
    (ring.folder / "data-2.key").rename(ring.folder / "elsewhere")
    vars(ring).update(vars(KeyRing(ring.folder)))
    with pytest.raises(CommandError, match="打不开"):
        call_command("keys", "check")
    assert "缺失" in _said(capsys, "status")
