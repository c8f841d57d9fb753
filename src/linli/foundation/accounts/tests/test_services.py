"""Staff, roles, deputies, hand-over, own data: result, record, and a refusal changes nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.core import clock as core_clock
from linli.core.actor import Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, Refusal, TooMany
from linli.foundation.accounts import rules, selectors, services
from linli.foundation.accounts.models import Account, Deputyship, Person, Role, Unit
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from tests.people import PASSWORD, SETUP, Cast, resident_make

KEPT = (Person, Account, Unit, Role, Deputyship, Duty, AuditRecord)


def world() -> list[tuple[Any, ...]]:
    """Everything that a refusal must leave as it was."""
    return [tuple(model._default_manager.order_by("pk").values_list()) for model in KEPT]


def refused(error: type[Refusal], service: Any, **given: Any) -> Refusal:
    """Call a service that must refuse, and see that it changed nothing."""
    before = world()
    with pytest.raises(error) as refusal:
        service(**given)
    assert world() == before
    return refusal.value


def recorded(verb: str) -> int:
    return AuditRecord.objects.filter(verb=verb).count()


def new_staff(cast: Cast, by: str = "worker", **given: Any) -> Any:
    wanted: dict[str, Any] = {
        "unit": cast.units["committee_a"],
        "function": "committee",
        "name": "新来的",
        "username": "xin-lai",
        **given,
    }
    return services.account_create_staff(actor=cast.actor(by), **wanted)


def test_a_unit_administrator_adds_a_colleague(cast: Cast) -> None:
    before = recorded("account.create")
    made = new_staff(cast)
    assert made.account.check_password(made.password) and made.account.must_change_password
    assert len(made.password.replace("-", "")) == rules.TEMPORARY_PASSWORD_LENGTH
    assert made.role.unit == cast.units["committee_a"]
    assert recorded("account.create") == before + 1
    assert selectors.role_areas(made.role) == (cast.places["committee_a_place"].path,)


@pytest.mark.parametrize(
    "by", ["worker2", "worker_b", "grid_worker", "department", "resident", "visitor", "other_street"]
)
def test_nobody_else_adds_people_to_a_unit(cast: Cast, by: str) -> None:
    given = {"unit": cast.units["committee_a"], "function": "committee", "name": "甲", "username": "jia-jia"}
    refused(NotAllowed, services.account_create_staff, actor=cast.actor(by), **given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "worker2"},
        {"username": "WORKER2"},
        {"username": "坏名字"},
        {"name": "  "},
        {"phone": "12"},
    ],
)
def test_a_new_account_with_something_wrong(cast: Cast, wrong: dict[str, str]) -> None:
    given = {"unit": cast.units["committee_a"], "function": "committee", "name": "甲", "username": "jia-jia"}
    refused(InvalidInput, services.account_create_staff, actor=cast.actor("worker"), **{**given, **wrong})


def test_a_known_phone_makes_two_accounts_of_one_person(cast: Cast) -> None:
    made = new_staff(cast, phone="139 0000 0001")
    assert made.account.person == cast.person("resident") and made.account.must_prove_phone
    assert cast.actor("resident").person_id == made.account.person_id
    staff = selectors.actor_of_role(made.account, made.role)
    assert staff.person_ids == cast.actor("resident").person_ids


def test_a_phone_session_never_holds_the_roles_of_its_person(cast: Cast) -> None:
    new_staff(cast, phone="139 0000 0001")
    page = cast.client("resident").get("/desk/settings/users/")
    assert page.status_code == 403


def test_staff_first_and_resident_later_is_one_person(cast: Cast) -> None:
    made = new_staff(cast, phone="13900000009")
    resident = resident_make(cast, "later", "", "13900000009")
    assert resident.person_id == made.account.person_id and resident.pk != made.account.pk


def test_reset_gives_a_temporary_password_and_forgets_the_authenticator(cast: Cast) -> None:
    account = cast.accounts["worker2"]
    enrolled(account)
    password = services.account_reset(actor=cast.actor("worker"), account=account)
    account.refresh_from_db()
    assert account.check_password(password) and account.must_change_password
    assert not account.authenticator_set.exists()
    assert recorded("account.reset") == 1


@pytest.mark.parametrize(
    ("by", "whom"),
    [
        ("worker_b", "worker2"),
        ("worker", "street"),
        ("worker2", "worker"),
        ("street", "resident"),
    ],
)
def test_reset_is_for_those_above(cast: Cast, by: str, whom: str) -> None:
    refused(NotAllowed, services.account_reset, actor=cast.actor(by), account=cast.accounts[whom])


def enrolled(account: Account) -> tuple[str, list[str]]:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    step = int(core_clock.now().timestamp()) // 30
    codes = services.totp_enrol(
        actor=selectors.actor_half_in(account),
        account=account,
        secret=secret,
        code=rules.totp_value(secret, step),
    )
    return secret, codes


def test_the_authenticator_takes_each_code_once(cast: Cast, clock: datetime) -> None:
    account = cast.accounts["worker"]
    actor = selectors.actor_half_in(account)
    secret, recovery = enrolled(account)
    core_clock.clock_forward(timedelta(seconds=30))
    code = rules.totp_value(secret, int(core_clock.now().timestamp()) // 30)
    assert services.totp_try(actor=actor, account=account, code=f" {code} ")
    assert not services.totp_try(actor=actor, account=account, code=code)
    assert services.totp_try(actor=actor, account=account, code=recovery[0])
    assert not services.totp_try(actor=actor, account=account, code=recovery[0])
    text = repr(list(account.authenticator_set.values_list("data", flat=True)))
    assert secret not in text and not any(one in text for one in recovery)


def test_five_tries_in_five_minutes(cast: Cast, clock: datetime) -> None:
    account = cast.accounts["worker"]
    actor = selectors.actor_half_in(account)
    secret, _ = enrolled(account)
    for _ in range(5):
        assert not services.totp_try(actor=actor, account=account, code="000000")
    core_clock.clock_forward(timedelta(seconds=60))
    right = rules.totp_value(secret, int(core_clock.now().timestamp()) // 30)
    with pytest.raises(TooMany):
        services.totp_try(actor=actor, account=account, code=right)
    core_clock.clock_forward(timedelta(minutes=5))
    right = rules.totp_value(secret, int(core_clock.now().timestamp()) // 30)
    assert services.totp_try(actor=actor, account=account, code=right)


@pytest.mark.parametrize(
    ("password", "repeated"),
    [
        ("short-1a", "short-1a"),
        ("12345678901234", "12345678901234"),
        ("Good-enough-1", "Good-enough-2"),
        (PASSWORD, PASSWORD),
    ],
)
def test_passwords_that_are_refused(cast: Cast, password: str, repeated: str) -> None:
    given = {"account": cast.accounts["worker"], "password": password, "repeated": repeated}
    refused(InvalidInput, services.password_change, actor=cast.actor("worker"), **given)


def test_nobody_sets_another_persons_password(cast: Cast) -> None:
    given = {"account": cast.accounts["worker"], "password": "Good-enough-1", "repeated": "Good-enough-1"}
    refused(NotAllowed, services.password_change, actor=cast.actor("street"), **given)


def test_a_role_ends_at_once(cast: Cast) -> None:
    client = cast.client("worker2")
    assert client.get("/desk/me/security/").status_code == 200
    services.role_end(actor=cast.actor("worker"), role=cast.role("worker2"))
    assert client.get("/desk/me/security/").status_code == 403
    assert recorded("role.end") == 1
    assert cast.person("worker2").pk not in selectors.person_ids_for(
        function="committee", area_path=cast.places["committee_a_place"].path
    )


def test_roles_hold_from_their_first_to_their_last_day(cast: Cast, clock: datetime) -> None:
    person, today = cast.person("worker_b"), clock.date()
    role = services.role_grant(
        actor=cast.actor("street"),
        person=person,
        unit=cast.units["committee_a"],
        function="committee",
        valid_from=today + timedelta(days=1),
        valid_to=today + timedelta(days=2),
    )
    held = [role in selectors.role_list(person, today + timedelta(days=n)) for n in range(4)]
    assert held == [False, True, True, False]


def test_roles_end_with_their_unit(cast: Cast) -> None:
    services.unit_close(actor=cast.actor("street"), unit=cast.units["wuye"])
    assert selectors.role_list(cast.person("property")) == []
    assert cast.units["wuye"] not in selectors.unit_list("property")
    refused(
        Conflict,
        services.unit_close,
        actor=cast.actor("street"),
        unit=Unit.objects.get(pk=cast.units["wuye"].pk),
    )


def test_a_role_is_not_granted_twice_nor_outside(cast: Cast) -> None:
    given = {"person": cast.person("worker2"), "unit": cast.units["committee_a"], "function": "committee"}
    refused(Conflict, services.role_grant, actor=cast.actor("worker"), **given)
    refused(
        NotAllowed,
        services.role_grant,
        actor=cast.actor("worker"),
        **{**given, "unit": cast.units["committee_b"]},
    )
    outside = {**given, "function": "grid_worker", "areas": [cast.places["committee_b_place"]]}
    refused(NotAllowed, services.role_grant, actor=cast.actor("worker"), **outside)


def test_an_administrator_keeps_the_own_role(cast: Cast) -> None:
    refused(Conflict, services.role_end, actor=cast.actor("worker"), role=cast.role("worker"))


def deputise(cast: Cast, by: str = "worker", days: tuple[int, int] = (0, 2), **given: Any) -> Deputyship:
    today = core_clock.today()
    wanted: dict[str, Any] = {
        "role": cast.role("worker"),
        "deputy": cast.person("worker2"),
        "from_on": today + timedelta(days=days[0]),
        "to_on": today + timedelta(days=days[1]),
        "reason": "年假",
        **given,
    }
    return services.deputyship_set(actor=cast.actor(by), **wanted)


def test_a_deputy_acts_in_the_role_and_both_persons_are_known(cast: Cast, clock: datetime) -> None:
    deputise(cast)
    roles = selectors.role_list(cast.person("worker2"))
    assert [role.person.name for role in roles] == ["钱佳", "赵敏"]
    actor = selectors.actor_of_role(cast.accounts["worker2"], roles[1])
    assert actor.deputy_for == cast.person("worker").pk and actor.person_id == cast.person("worker2").pk
    assert actor.key == cast.actor("worker2").key
    assert recorded("deputyship.set") == 1
    assert len(selectors.role_list(cast.person("worker2"), clock.date() + timedelta(days=2))) == 2
    assert len(selectors.role_list(cast.person("worker2"), clock.date() + timedelta(days=3))) == 1


def test_a_deputy_is_told_like_the_holder(cast: Cast) -> None:
    deputise(cast, role=cast.role("street"), deputy=cast.person("street2"), by="street")
    services.role_end(actor=cast.actor("street"), role=cast.role("street2"))
    found = selectors.person_ids_for(function="street", area_path=cast.places["committee_a_place"].path)
    assert set(found) == {cast.person("street").pk, cast.person("street2").pk}


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": (2, 1)},
        {"days": (-5, -1)},
        {"deputy": "worker"},
        {"deputy": "worker_b"},
        {"deputy": "resident"},
    ],
)
def test_a_deputyship_with_something_wrong(cast: Cast, wrong: dict[str, Any]) -> None:
    if "deputy" in wrong:
        wrong = {"deputy": cast.person(wrong["deputy"])}
    refused(InvalidInput, lambda **given: deputise(cast, **given), **wrong)


def test_one_deputy_at_a_time_and_back_early(cast: Cast) -> None:
    first = deputise(cast)
    refused(InvalidInput, lambda: deputise(cast, deputy=cast.person("grid_worker")))
    services.deputyship_end(actor=cast.actor("worker"), deputyship=first)
    assert len(selectors.role_list(cast.person("worker2"))) == 1
    assert deputise(cast, deputy=cast.person("grid_worker"))


def duty(cast: Cast, person: str, function: str = Function.COMMITTEE) -> Duty:
    return Duty.objects.create(
        room="matters",
        subject_id="x",
        title="楼道堆物",
        url="/",
        action="sort",
        action_label="研判",
        person=cast.person(person),
        function=function,
        area_path=cast.places["committee_a_place"].path,
        opened_at=core_clock.now(),
    )


def test_everything_is_handed_over(cast: Cast) -> None:
    deputise(cast, role=cast.role("grid_worker"))
    mine, as_resident = duty(cast, "worker2"), duty(cast, "worker2", Function.RESIDENT)
    moved = services.handover_all(
        actor=cast.actor("worker"),
        person=cast.person("worker2"),
        successor=cast.person("grid_worker"),
        reason="调离",
    )
    assert (moved.duties, moved.roles, moved.deputyships) == (1, 1, 1)
    mine.refresh_from_db()
    as_resident.refresh_from_db()
    assert mine.person == cast.person("grid_worker") and as_resident.person == cast.person("worker2")
    assert selectors.role_list(cast.person("worker2")) == []
    assert recorded("person.handover") == 1


@pytest.mark.parametrize(
    ("by", "person", "successor", "error"),
    [
        ("worker", "worker2", "worker2", InvalidInput),
        ("worker", "worker2", "worker_b", InvalidInput),
        ("worker", "worker", "worker2", NotAllowed),
        ("worker_b", "worker2", "worker", NotAllowed),
        ("street", "resident", "worker", Conflict),
    ],
)
def test_a_handover_with_something_wrong(
    cast: Cast, by: str, person: str, successor: str, error: type[Refusal]
) -> None:
    given = {"person": cast.person(person), "successor": cast.person(successor), "reason": "调离"}
    refused(error, services.handover_all, actor=cast.actor(by), **given)


def test_units_are_opened_from_above(cast: Cast) -> None:
    given = {"name": "新家物业", "function": "property", "areas": [cast.places["committee_b_place"]]}
    unit = services.unit_open(actor=cast.actor("street"), **given)
    assert unit.area_paths == (cast.places["committee_b_place"].path,) and recorded("unit.open") > 1
    refused(InvalidInput, services.unit_open, actor=cast.actor("street"), **given)
    for by in ("worker", "street2", "other_street", "department", "resident"):
        refused(NotAllowed, services.unit_open, actor=cast.actor(by), **{**given, "name": "别家"})
    wider = {**given, "name": "大物业", "areas": [cast.places["district_place"]]}
    refused(NotAllowed, services.unit_open, actor=cast.actor("street"), **wider)
    refused(InvalidInput, services.unit_open, actor=cast.actor("street"), **{**given, "function": "resident"})


def test_a_unit_keeps_its_own_contact_and_no_more(cast: Cast) -> None:
    unit = cast.units["wuye"]
    contact = {"phone": "021-1", "address": "桂花路1号", "email": "a@example.org"}
    services.unit_contact_change(actor=cast.actor("property"), unit=unit, **contact)
    unit.refresh_from_db()
    assert unit.phone == "021-1" and recorded("unit.update") == 1
    refused(NotAllowed, services.unit_update, actor=cast.actor("property"), unit=unit, name="改名")
    refused(
        InvalidInput,
        services.unit_contact_change,
        actor=cast.actor("street"),
        unit=unit,
        **{**contact, "email": "x"},
    )


def test_a_role_follows_the_areas_of_its_unit(cast: Cast) -> None:
    unit = cast.units["wuye"]
    both = [cast.places["committee_a_place"], cast.places["committee_b_place"]]
    services.unit_update(
        actor=cast.actor("street"), unit=unit, name=unit.name, kind=unit.kind, parent=unit.parent, areas=both
    )
    assert len(cast.actor("property").areas) == 2


def test_a_unit_with_open_duties_is_not_closed(cast: Cast) -> None:
    one = duty(cast, "department", Function.DEPARTMENT)
    one.person, one.unit = None, cast.units["chengguan"]
    one.save()
    refused(Conflict, services.unit_close, actor=cast.actor("street"), unit=cast.units["chengguan"])


def test_a_person_is_erased_and_the_rest_stays(cast: Cast) -> None:
    client, person = cast.client("resident"), cast.person("resident")
    assert client.get("/me/").status_code == 200
    before = Person.objects.count()
    services.account_erase(actor=cast.actor("resident"), confirmation=" 注销 ")
    person.refresh_from_db()
    assert (person.name, person.phone, person.phone_index) == ("", "", None) and person.erased_at
    assert Person.objects.count() == before and recorded("person.erase") == 1
    assert client.get("/me/").status_code == 302
    assert selectors.person_name(person.pk) == "已注销用户"
    again = resident_make(cast, "again", "王阿姨", "13900000001")
    assert again.person_id != person.pk


def test_erasure_that_is_refused(cast: Cast) -> None:
    refused(InvalidInput, services.account_erase, actor=cast.actor("resident"), confirmation="")
    refused(Conflict, services.account_erase, actor=cast.actor("worker"), confirmation="注销")
    refused(NotAllowed, services.account_erase, actor=cast.actor("visitor"), confirmation="注销")


def test_what_is_held_is_handed_out(cast: Cast) -> None:
    assert services.own_data_export(actor=cast.actor("resident")).name == "王阿姨"
    assert recorded("person.export") == 1
    refused(NotAllowed, services.own_data_export, actor=cast.actor("visitor"))


def test_staff_do_not_rename_themselves(cast: Cast) -> None:
    refused(NotAllowed, services.name_change, actor=cast.actor("worker"), name="别人")
    refused(InvalidInput, services.name_change, actor=cast.actor("resident"), name="长" * 41)


def test_an_account_is_stopped(cast: Cast) -> None:
    client = cast.client("worker2")
    services.account_state_set(actor=cast.actor("worker"), account=cast.accounts["worker2"], is_active=False)
    assert client.get("/desk/me/security/").status_code == 302
    own = {"account": cast.accounts["worker"], "is_active": False}
    refused(NotAllowed, services.account_state_set, actor=cast.actor("worker"), **own)


def test_no_personal_value_in_the_audit_record(cast: Cast) -> None:
    services.account_update(
        actor=cast.actor("worker"), account=cast.accounts["worker2"], name="钱佳佳", email="q@example.org"
    )
    services.account_erase(actor=cast.actor("resident"), confirmation="注销")
    text = repr(list(AuditRecord.objects.values_list()))
    for value in ("王阿姨", "钱佳", "13900000001", "q@example.org", PASSWORD):
        assert value not in text


def test_the_demo_is_noticed(cast: Cast) -> None:
    assert not selectors.demo_account_exists()
    new_staff(cast, is_demo=True, password=PASSWORD)
    assert selectors.demo_account_exists()
    assert SETUP.is_signed_in


def test_a_unit_is_sorted_and_found_by_the_pinyin_of_its_name(cast: Cast) -> None:
    unit = cast.units["fangguan"]
    assert (unit.pinyin, unit.initials) == ("guihuajiedaofangguansuo", "ghjdfgs")
    services.unit_update(
        actor=cast.actor("street"), unit=unit, name="梧桐房管所", kind=unit.kind, parent=unit.parent
    )
    unit.refresh_from_db()
    assert (unit.pinyin, unit.initials) == ("wutongfangguansuo", "wtfgs")
    names = [account.person.name for account in selectors.account_list(cast.actor("street"))]
    assert names.index("冯洁") < names.index("钱佳") < names.index("郑刚")
