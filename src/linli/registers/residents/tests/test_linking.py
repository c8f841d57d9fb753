"""Accounts are tied to persons of the register by a worker or by a code, never by a guess."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import Assurance
from linli.core.clock import clock_forward, now, today
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.registers.residents.linking.rules import (
    ALPHABET,
    Claim,
    Known,
    code_normal,
    code_shown,
    is_child,
    sure_match,
)
from linli.registers.residents.linking.selectors import link_own, people_of_account, resident_linked
from linli.registers.residents.linking.services import (
    CodeAnswer,
    door_code_enter,
    door_codes_make,
    door_codes_void,
    link_ask,
    link_confirm,
    link_cut,
    link_end,
    link_refuse,
    link_reveal,
)
from linli.registers.residents.linking.tasks import links_follow
from linli.registers.residents.models import AccountLink, DoorCode, Occupancy, RegisterEvent, Resident
from linli.registers.residents.tests.houses import House, house_make
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FATHER = {"name": "王建国", "birth": date(1960, 3, 7)}


@pytest.fixture
def house(cast: Cast, clock: object) -> House:
    return house_make(cast)


def _code(cast: Cast, house: House) -> str:
    made = door_codes_make(
        actor=cast.actor("worker"), building_id=house.building.public_id, part_id=house.home.public_id
    )
    return made[0].code


def _asked(cast: Cast, house: House, **more: object) -> AccountLink:
    said = {"name": "王建国", "last_four": "1237", **more}
    return link_ask(actor=cast.actor("resident"), part_id=house.home.public_id, **said)


def _tables() -> tuple[list[object], ...]:
    """What a refusal must leave as it was."""
    models = (AccountLink, DoorCode, RegisterEvent, Duty, Notice, AuditRecord)
    return tuple(list(model.objects.order_by("pk").values()) for model in models)


# --- rules ---------------------------------------------------------------------


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=8))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    for typed in (code, code_shown(code), code.lower(), f" {code[:2]} {code[2:]} ", full_width):
        assert code_normal(typed) == code


@pytest.mark.parametrize("typed", ["", "K7M2", "K7M29XPQR", "K7M2-9XP0", "K7M2-9XPI", "王K7M29XP"])
def test_what_is_no_code_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        code_normal(typed)
    assert "8位" in refusal.value.message and (not typed or typed not in refusal.value.message)


def test_fourteen_is_reached_when_the_month_is_over() -> None:
    assert is_child(date(2012, 3, 1), date(2026, 3, 31))
    assert not is_child(date(2012, 3, 1), date(2026, 4, 1))
    assert not is_child(None, date(2026, 4, 1))


def _known(resident_id: int, **more: object) -> Known:
    held = {
        "name": "王建国",
        "number": "310101196003071237",
        "birth": "1960-03-07",
        "birth_month": date(1960, 3, 1),
        "is_linked": False,
    }
    return Known(resident_id, **{**held, **more})


@pytest.mark.parametrize(
    ("claim", "people", "found"),
    [
        (Claim("王建国", "", "1960-03-07"), [_known(1)], 1),
        (Claim("王建国", "1237", "1960-03-07"), [_known(1)], 1),
        (Claim("王建国", "9999", "1960-03-07"), [_known(1)], None),  # the number speaks against it
        (Claim("王建国", "1237", ""), [_known(1)], None),  # no day of birth said
        (Claim("王建国", "", "1960-03-07"), [_known(1, birth="")], None),  # none held
        (Claim("王建国", "", "1960-03-08"), [_known(1)], None),
        (Claim("王建", "", "1960-03-07"), [_known(1)], None),
        (Claim("王建国", "", "1960-03-07"), [_known(1), _known(2)], None),  # two of the same name and day
        (Claim("王建国", "", "1960-03-07"), [_known(1, is_linked=True)], None),
        (Claim("王小宝", "", "2018-06-01"), [], None),
        (
            Claim("王小宝", "", "2018-06-01"),
            [_known(3, name="王小宝", birth="2018-06-01", birth_month=date(2018, 6, 1))],
            None,  # a child
        ),
    ],
)
def test_only_what_is_sure_is_matched(claim: Claim, people: list[Known], found: int | None) -> None:
    sure = sure_match(claim, people, date(2026, 3, 10))
    assert (sure.resident_id if sure else None) == found


# --- by a worker ---------------------------------------------------------------


def test_a_worker_confirms_who_somebody_is(cast: Cast, house: House) -> None:
    assert cast.actor("resident").assurance == Assurance.PHONE
    link = _asked(cast, house)
    duty = Duty.objects.get(subject_id=str(link.public_id))
    assert (duty.function, duty.area_path, duty.state) == ("committee", house.home.area_path, "open")
    assert "王" not in duty.title and AccountLink.objects.filter(claim__contains="王").count() == 0
    assert cast.actor("resident").assurance == Assurance.PHONE
    worker = cast.actor("worker")
    done = link_confirm(actor=worker, link_id=link.public_id, resident_id=house.father.public_id)
    assert (done.state, done.resident_id, done.claim) == ("standing", house.father.pk, "")
    assert cast.actor("resident").assurance == Assurance.REGISTERED
    assert resident_linked(cast.person("resident").pk) == house.father
    assert people_of_account(cast.person("resident").pk) == [house.father, house.child]
    duty.refresh_from_db()
    assert duty.state == "done" and duty.closed_by_id == worker.person_id
    assert Notice.objects.get(person=cast.person("resident"), kind="link.confirm").purpose == "lawful"
    event = RegisterEvent.objects.get(verb="link.confirm")
    assert (event.resident_id, event.part_id) == (house.father.pk, house.home.pk)
    assert AuditRecord.objects.filter(verb="link.confirm").exists()


def test_a_double_press_asks_once(cast: Cast, house: House) -> None:
    said = {"name": "王建国", "part_id": house.home.public_id, "request_key": "k1"}
    first = link_ask(actor=cast.actor("resident"), **said)
    assert link_ask(actor=cast.actor("resident"), **said) == first
    assert Duty.objects.filter(room="residents").count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "王?国"}, "name"),
        ({"last_four": "12"}, "last_four"),
        ({"birth": date(2030, 1, 1)}, "birth"),
        ({"birth": date(2018, 6, 1)}, "birth"),  # a child
    ],
)
def test_a_claim_that_cannot_be_compared_is_refused(
    cast: Cast, house: House, said: dict[str, object], field: str
) -> None:
    before = _tables()
    with pytest.raises(InvalidInput) as refusal:
        _asked(cast, house, **said)
    assert field in refusal.value.details and _tables() == before


def test_nobody_asks_twice_or_for_a_room_that_is_not_there(cast: Cast, house: House) -> None:
    with pytest.raises(NotFound):
        link_ask(actor=cast.actor("resident"), name="王建国", part_id="nonsense")
    with pytest.raises(NotAllowed):
        link_ask(actor=cast.actor("visitor"), name="王建国", part_id=house.home.public_id)
    _asked(cast, house)
    before = _tables()
    with pytest.raises(Conflict):
        _asked(cast, house)
    assert _tables() == before


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("worker_b", NotFound),  # another committee
        ("other_street", NotFound),
        ("resident", NotFound),
        ("district", NotFound),
        ("city", NotFound),
        ("department", NotFound),
        ("operator", NotFound),
        ("grid_worker", NotAllowed),
    ],
)
def test_only_the_committee_and_the_street_decide(
    cast: Cast, house: House, name: str, refusal: type[Exception]
) -> None:
    link, actor = _asked(cast, house), cast.actor(name)
    before = _tables()
    with pytest.raises(refusal):
        link_confirm(actor=actor, link_id=link.public_id, resident_id=house.father.public_id)
    with pytest.raises(refusal):
        link_refuse(actor=actor, link_id=link.public_id, reason="不是本人")
    with pytest.raises(refusal):
        link_reveal(actor=actor, link_id=link.public_id)
    assert _tables() == before


def test_nobody_confirms_their_own(cast: Cast, house: House) -> None:
    worker = cast.actor("worker")
    link = link_ask(actor=worker, name="王建国", part_id=house.home.public_id)
    with pytest.raises(NotAllowed):
        link_confirm(actor=worker, link_id=link.public_id, resident_id=house.father.public_id)
    done = link_confirm(
        actor=cast.actor("worker2"), link_id=link.public_id, resident_id=house.father.public_id
    )
    assert done.resident == house.father and cast.actor("worker").assurance == Assurance.REGISTERED


def test_a_child_a_stranger_and_somebody_linked_are_not_confirmed(cast: Cast, house: House) -> None:
    worker, link = cast.actor("worker"), _asked(cast, house)
    before = _tables()
    with pytest.raises(Conflict, match="14"):
        link_confirm(actor=worker, link_id=link.public_id, resident_id=house.child.public_id)
    Resident.objects.filter(pk=house.mother.pk).update(state="dead")
    for stranger in (house.mother.public_id, "nonsense", ""):
        with pytest.raises(InvalidInput):
            link_confirm(actor=worker, link_id=link.public_id, resident_id=stranger)
    assert _tables() == before
    link_confirm(actor=worker, link_id=link.public_id, resident_id=house.father.public_id)
    other = link_ask(actor=cast.actor("neighbour"), name="王建国", part_id=house.home.public_id)
    with pytest.raises(Conflict, match="另一个账号"):
        link_confirm(actor=worker, link_id=other.public_id, resident_id=house.father.public_id)
    with pytest.raises(Conflict):  # decided
        link_confirm(actor=worker, link_id=link.public_id, resident_id=house.father.public_id)


def test_a_refusal_says_why(cast: Cast, house: House) -> None:
    link = _asked(cast, house)
    with pytest.raises(InvalidInput):
        link_refuse(actor=cast.actor("street"), link_id=link.public_id, reason=" ")
    done = link_refuse(actor=cast.actor("street"), link_id=link.public_id, reason="姓名对不上，请到居委会")
    assert (done.state, done.claim) == ("refused", "")
    assert Notice.objects.filter(kind="link.refuse").count() == 1
    page = cast.client("resident").get("/me/registry/").content.decode()
    assert "姓名对不上" in page
    assert _asked(cast, house).state == "asked"  # one may ask again


def test_asking_is_limited(cast: Cast, house: House) -> None:
    for _round in range(5):
        _asked(cast, house)
        link_end(actor=cast.actor("resident"))
    with pytest.raises(TooMany):
        _asked(cast, house)
    clock_forward(timedelta(days=1, seconds=1))
    assert _asked(cast, house).state == "asked"


def test_a_reveal_is_recorded_with_its_purpose(cast: Cast, house: House) -> None:
    link = _asked(cast, house)
    link_reveal(actor=cast.actor("worker"), link_id=link.public_id)
    looks = AuditRecord.objects.filter(verb="record.look")
    assert {look.purpose for look in looks} == {"核对登记"}
    assert looks.get(about_id=cast.person("resident").pk).looked_at == ["claim"]
    assert looks.filter(subject_kind="residents.resident").count() == 3


# --- by a code ------------------------------------------------------------------


def test_a_code_says_where_somebody_lives(cast: Cast, house: House) -> None:
    code = _code(cast, house)
    assert set(code) <= set(ALPHABET) and not DoorCode.objects.filter(code_index__contains=code).exists()
    tried = door_code_enter(actor=cast.actor("resident"), code=code_shown(code).lower())
    assert tried.answer == CodeAnswer.RIGHT and tried.link and tried.link.resident_id is None
    assert cast.actor("resident").assurance == Assurance.DWELLING
    assert resident_linked(cast.person("resident").pk) is None
    assert not Duty.objects.filter(room="residents").exists()
    used = DoorCode.objects.get(used_by=cast.person("resident"))
    assert used.used_at == now() and used.part == house.home


def test_a_code_with_name_and_birth_says_who(cast: Cast, house: House) -> None:
    tried = door_code_enter(actor=cast.actor("resident"), code=_code(cast, house), **FATHER)
    assert tried.link and tried.link.resident == house.father and tried.link.claim == ""
    assert cast.actor("resident").assurance == Assurance.REGISTERED
    assert RegisterEvent.objects.get(verb="link.code").resident == house.father


def test_in_doubt_a_worker_decides(cast: Cast, house: House) -> None:
    said = {"name": "王建国", "birth": date(1961, 3, 7)}
    tried = door_code_enter(actor=cast.actor("resident"), code=_code(cast, house), **said)
    assert tried.link and tried.link.resident_id is None and tried.link.claim
    assert cast.actor("resident").assurance == Assurance.DWELLING
    link = tried.link
    link_refuse(actor=cast.actor("worker"), link_id=link.public_id, reason="出生日期不一致，请带证件来")
    link.refresh_from_db()
    assert (link.state, link.claim) == ("standing", "")  # they still live there
    again = link_ask(actor=cast.actor("resident"), name="王建国", last_four="1237")
    assert again == link and again.part == house.home
    link_confirm(actor=cast.actor("worker"), link_id=link.public_id, resident_id=house.father.public_id)
    assert cast.actor("resident").assurance == Assurance.REGISTERED


def test_a_code_is_good_once_and_for_thirty_days(cast: Cast, house: House) -> None:
    code = _code(cast, house)
    door_code_enter(actor=cast.actor("resident"), code=code)
    assert door_code_enter(actor=cast.actor("neighbour"), code=code).answer == CodeAnswer.USED
    fresh = _code(cast, house)
    clock_forward(timedelta(days=30))
    assert door_code_enter(actor=cast.actor("neighbour"), code=fresh).answer == CodeAnswer.EXPIRED
    assert cast.actor("neighbour").assurance == Assurance.PHONE


def test_a_new_code_and_voiding_make_the_old_one_worthless(cast: Cast, house: House) -> None:
    worker, neighbour = cast.actor("worker"), cast.actor("neighbour")
    old, new = _code(cast, house), _code(cast, house)
    assert door_code_enter(actor=neighbour, code=old).answer == CodeAnswer.EXPIRED
    assert door_codes_void(actor=worker, building_id=house.building.public_id) == 1
    assert door_codes_void(actor=worker, building_id=house.building.public_id) == 0
    assert door_code_enter(actor=neighbour, code=new).answer == CodeAnswer.EXPIRED


def test_five_tries_an_hour_for_an_account_and_for_a_dwelling(cast: Cast, house: House) -> None:
    code, wrong = _code(cast, house), "22222222"
    for _try in range(5):
        assert door_code_enter(actor=cast.actor("resident"), code=wrong).answer == CodeAnswer.WRONG
    with pytest.raises(TooMany):  # the right one does not help either
        door_code_enter(actor=cast.actor("resident"), code=code)
    assert not AccountLink.objects.exists()
    clock_forward(timedelta(hours=1, seconds=1))
    part = house.home.public_id
    for _try in range(3):
        door_code_enter(actor=cast.actor("resident"), code=wrong, part_id=part)
    for _try in range(2):
        door_code_enter(actor=cast.actor("neighbour"), code=wrong, part_id=part)
    with pytest.raises(TooMany):  # two accounts together are five
        door_code_enter(actor=cast.actor("neighbour"), code=code, part_id=part)
    clock_forward(timedelta(hours=1, seconds=1))
    assert door_code_enter(actor=cast.actor("neighbour"), code=code, part_id=part).answer == CodeAnswer.RIGHT


def test_a_code_of_another_dwelling_is_wrong_at_this_door(cast: Cast, house: House) -> None:
    code = _code(cast, house)
    tried = door_code_enter(actor=cast.actor("resident"), code=code, part_id=house.empty.public_id)
    assert tried.answer == CodeAnswer.WRONG and DoorCode.objects.get().used_at is None


def test_a_child_is_turned_to_the_guardian_before_the_code_is_spent(cast: Cast, house: House) -> None:
    code = _code(cast, house)
    before = _tables()
    with pytest.raises(InvalidInput, match="监护人"):
        door_code_enter(actor=cast.actor("resident"), code=code, name="王小宝", birth=date(2018, 6, 1))
    assert _tables() == before


@pytest.mark.parametrize(
    "name", ["grid_worker", "resident", "department", "property", "operator", "district"]
)
def test_others_make_no_codes(cast: Cast, house: House, name: str) -> None:
    for act in (door_codes_make, door_codes_void):
        with pytest.raises(NotAllowed):
            act(actor=cast.actor(name), building_id=house.building.public_id)
    with pytest.raises(NotFound):
        door_codes_make(actor=cast.actor("worker_b"), building_id=house.building.public_id)
    with pytest.raises(InvalidInput):
        door_codes_make(actor=cast.actor("worker"), building_id=house.building.public_id, copies=4)
    assert not DoorCode.objects.exists()


# --- the end --------------------------------------------------------------------


def _linked(cast: Cast, house: House) -> AccountLink:
    tried = door_code_enter(actor=cast.actor("resident"), code=_code(cast, house), **FATHER)
    assert tried.link is not None
    return tried.link


def test_somebody_unties_themselves(cast: Cast, house: House) -> None:
    _linked(cast, house)
    link_end(actor=cast.actor("resident"))
    assert link_own(cast.actor("resident")) is None
    assert cast.actor("resident").assurance == Assurance.PHONE
    assert people_of_account(cast.person("resident").pk) == []
    with pytest.raises(NotFound):
        link_end(actor=cast.actor("resident"))


def test_a_worker_unties_with_a_reason(cast: Cast, house: House) -> None:
    link = _linked(cast, house)
    with pytest.raises(InvalidInput):
        link_cut(actor=cast.actor("worker"), link_id=link.public_id, reason="")
    with pytest.raises(NotFound):
        link_cut(actor=cast.actor("worker_b"), link_id=link.public_id, reason="账号换人")
    link_cut(actor=cast.actor("worker"), link_id=link.public_id, reason="账号换人")
    assert cast.actor("resident").assurance == Assurance.PHONE
    assert Notice.objects.get(kind="link.cut").person_id == cast.person("resident").pk
    with pytest.raises(Conflict):
        link_cut(actor=cast.actor("worker"), link_id=link.public_id, reason="账号换人")


@pytest.mark.parametrize("state", ["dead", "erased"])
def test_nobody_speaks_for_the_dead(cast: Cast, house: House, state: str) -> None:
    link = _linked(cast, house)
    Resident.objects.filter(pk=house.father.pk).update(state=state, state_on=today())
    assert cast.actor("resident").assurance == Assurance.PHONE
    assert people_of_account(cast.person("resident").pk) == []
    assert links_follow() == (1 if state == "erased" else 0)  # a death can be taken back for 30 days
    clock_forward(timedelta(days=31))
    links_follow()
    link.refresh_from_db()
    assert link.state == "ended" and link.reason


def test_who_moved_away_still_sees_what_is_held(cast: Cast, house: House) -> None:
    _linked(cast, house)
    Resident.objects.filter(pk=house.father.pk).update(state="away")
    assert cast.actor("resident").assurance == Assurance.PHONE
    assert people_of_account(cast.person("resident").pk)[0] == house.father
    assert links_follow() == 0


def test_a_link_follows_a_merged_double(cast: Cast, house: House) -> None:
    link = _linked(cast, house)
    Resident.objects.filter(pk=house.father.pk).update(
        state="merged", merged_into=house.mother, state_on=today()
    )
    assert cast.actor("resident").assurance == Assurance.REGISTERED
    assert resident_linked(cast.person("resident").pk) == house.mother
    clock_forward(timedelta(days=31))
    assert links_follow() == 1
    link.refresh_from_db()
    assert (link.state, link.resident_id) == ("standing", house.mother.pk)


def test_a_code_says_nothing_once_people_have_moved_out(cast: Cast, house: House) -> None:
    door_code_enter(actor=cast.actor("resident"), code=_code(cast, house))
    clock_forward(timedelta(days=3))
    Occupancy.objects.filter(part=house.home).update(to_on=today())
    assert cast.actor("resident").assurance == Assurance.PHONE
    assert links_follow() == 1
    assert AccountLink.objects.get().state == "ended"


def test_assurance_is_asked_only_when_needed(cast: Cast, house: House, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    _linked(cast, house)
    with django_assert_num_queries(0):
        actor = cast.actor("resident")
    with django_assert_num_queries(1):
        assert actor.assurance == Assurance.REGISTERED
