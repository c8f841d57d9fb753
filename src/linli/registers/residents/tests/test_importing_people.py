"""Persons of a file of 一标三实: taken, taken again, changed, asked about, taken back."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection

from linli.core.clock import clock_forward
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.imports import services as do
from linli.foundation.imports.models import Import, ImportedRow, PreviewPage, QuarantinedRow
from linli.foundation.imports.selectors import PreviewLines
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import run, undone
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import (
    Fact,
    Guardian,
    Household,
    Membership,
    Occupancy,
    RegisterEvent,
    Resident,
    SearchToken,
)
from linli.registers.residents.tokens import query_tokens
from tests.people import Cast

from .importworld import (
    FAMILY,
    HEAD,
    brought,
    clear,
    looked,
    number_of,
    person,
    resident,
    tables_digest,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "quarantined": 0}


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def reasons(job: Import) -> str:
    return " ".join(reason for row in job.quarantine.all() for reason in row.reasons)


# -- taken --------------------------------------------------------------------------------
def test_a_family_comes_in_with_household_dwelling_tokens_facts_and_guardian(homes: Homes) -> None:
    job = brought(homes.worker, *FAMILY)
    assert job.counts == {**COUNTS, "new": 4}, reasons(job)
    head = resident()
    assert clear(head, "name") == "王大明" and clear(head, "phone") == "13812345678"
    assert (head.sex, head.birth_month, head.source) == ("m", date(1980, 5, 1), "police")
    assert head.area_path == homes.compound.area_path and head.compound_id == homes.compound.pk
    home = head.memberships.get().household
    assert home.memberships.count() == 3 and home.occupancies.get().part == homes.part("101")
    assert home.occupancies.get().tenure == "owner" and clear_number(home) == "H101"
    assert head.memberships.get().from_on == date(2019, 3, 1)
    assert set(Fact.objects.values_list("key", "value")) == {("hukou", "local")} and Fact.objects.count() == 4
    [found] = query_tokens(head.county_code, "欧阳静")[:1]
    assert set(SearchToken.objects.filter(token__in=found).values_list("resident", flat=True)) == {
        resident("1941-02-03", 44).pk
    }


def clear_number(home: Household) -> str:
    from linli.registers.residents.sealing import sealed_get

    return sealed_get(home, "number")


def test_a_child_has_a_guardian_and_no_telephone(homes: Homes) -> None:
    job = looked(homes.worker, *FAMILY)
    assert any("未满14岁，没有登记电话" in words for words, _count in job.preview["remarks"])
    run(homes.worker, job)
    child = resident("2018-01-02", 33)
    assert clear(child, "phone") == "" and Guardian.objects.get().ward == child
    assert Guardian.objects.get().guardian == resident() and Guardian.objects.get().kind == "parent"


def test_looking_through_writes_nothing_and_shows_every_row_masked(homes: Homes) -> None:
    before = tables_digest()
    job = looked(homes.worker, *FAMILY, person("坏号码", 证件号码="310101198005060110"))
    assert tables_digest() == before and not ImportedRow.objects.exists()
    lines = PreviewLines(job, "new")[0:50]
    assert [line["n"] for line in lines] == [2, 3, 4, 5]
    assert lines[0]["v"]["name"] == "王**" and lines[0]["v"]["phone"] == "138****5678"
    assert lines[0]["v"]["number"].startswith("310***") and "王大明" not in str(job.preview)
    assert "校验位" in PreviewLines(job, "quarantined")[0:1][0]["w"][0]


def test_no_personal_value_stands_in_clear_in_any_table(homes: Homes) -> None:
    bad = person("张三丰", 证件号码="310101198005060110", 联系电话="13777778888")
    run(homes.worker, looked(homes.worker, *FAMILY, bad))
    secrets = (
        "王大明",
        "欧阳静",
        "张三丰",
        "13812345678",
        "13777778888",
        number_of("1980-05-06", 11),
        "H101",
    )
    with connection.cursor() as cursor:
        for model in (Import, ImportedRow, QuarantinedRow, PreviewPage, Resident, Household, RegisterEvent):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            text = repr(cursor.fetchall())
            assert not [secret for secret in secrets if secret in text], model


def test_the_same_file_again_changes_nothing(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    before = tables_digest()
    assert brought(homes.worker, *FAMILY).counts == {**COUNTS, "unchanged": 4}
    assert tables_digest() == before


def test_undo_leaves_no_trace_of_it(homes: Homes) -> None:
    before = tables_digest()
    job = undone(homes.worker, brought(homes.worker, *FAMILY))
    assert job.counts["undone"] == 4 and tables_digest() == before and not SearchToken.objects.exists()


def test_an_undo_leaves_whom_somebody_has_worked_on(homes: Homes) -> None:
    job = brought(homes.worker, *FAMILY)
    Resident.objects.filter(pk=resident().pk).update(version=2)
    assert undone(homes.worker, job).counts["undone"] == 3
    assert [row.reason for row in job.rows.filter(outcome="kept")] == ["后来有人改过这个人的登记。"]
    assert Resident.objects.count() == 1 and Household.objects.count() == 1


# -- changed ------------------------------------------------------------------------------
def test_a_newer_file_changes_what_changed_and_its_undo_puts_everything_back(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    before = tables_digest()
    newer = list(FAMILY)
    newer[0] = person(
        "王大明", "1980-05-06", 11, 联系电话="13912345678", 入住日期="2019-03-01", 户籍="外省市户籍"
    )
    newer[3] = person(
        "欧阳静", "1941-02-03", 44, room="302", 户号="H202", 居住方式="租住", 入住日期="2026-03-01"
    )
    looking = looked(homes.worker, *newer)
    changes = {line["n"]: {d[0]: d[2] for d in line["d"]} for line in PreviewLines(looking, "changed")[0:9]}
    assert (
        changes[2] == {"phone": "139****5678", "fact_hukou": "外省市户籍"} and "302" in changes[5]["address"]
    )
    job = run(homes.worker, looking)
    assert job.counts == {**COUNTS, "changed": 2, "unchanged": 2}
    head, old = resident(), resident("1941-02-03", 44)
    assert clear(head, "phone") == "13912345678" and head.origins["phone"][0] == "police"
    assert [f.value for f in head.facts.filter(to_on__isnull=True)] == ["elsewhere"]
    part = Occupancy.objects.get(household__memberships__resident=old, to_on__isnull=True).part
    assert part == homes.part("302") and RegisterEvent.objects.filter(resident=old).exists()
    [found] = query_tokens(head.county_code, "13912345678")[:1]
    assert SearchToken.objects.filter(token__in=found, resident=head).exists()
    undone(homes.worker, job)
    assert tables_digest() == before


def test_empty_cells_take_nothing_away(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    brought(homes.worker, person("王大明", "1980-05-06", 11, 联系电话="", 居住方式=""))
    assert clear(resident(), "phone") == "13812345678"


# -- whose word counts ------------------------------------------------------------------------
def origin(found: Resident, name: str, source: str) -> None:
    Resident.objects.filter(pk=found.pk).update(origins={name: [source, "2026-01-01"]})


def test_a_workers_telephone_beats_the_file_of_the_police_with_a_remark(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    origin(resident(), "phone", "worker")
    looking = looked(homes.worker, person("王大明", "1980-05-06", 11, 联系电话="13699999999"))
    assert ["“联系电话”以现有登记为准，没有改。", 1] in looking.preview["remarks"]
    run(homes.worker, looking)
    assert clear(resident(), "phone") == "13812345678"


def test_the_police_beat_a_workers_name(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    origin(resident(), "name", "worker")
    brought(homes.worker, person("王大鸣", "1980-05-06", 11))
    assert clear(resident(), "name") == "王大鸣"


def test_a_lesser_office_asks_before_it_changes_a_name(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    before = tables_digest()
    job = brought(homes.worker, person("王大鸣", "1980-05-06", 11), source="health")
    assert job.counts == {**COUNTS, "conflicts": 1} and tables_digest() == before
    clash = job.quarantine.get().clashes[0]
    assert (clash["field"], clash["ours"], clash["theirs"]) == ("name", "王大明", "王大鸣")


# -- decided ------------------------------------------------------------------------------------
def test_a_conflict_is_decided_taken_and_undone(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    before = tables_digest()
    job = brought(homes.worker, person("王大鸣", "1980-05-06", 11), source="health")
    with pytest.raises(InvalidInput, match="还没有选择"):
        do.conflicts_settle(actor=homes.worker, import_id=job.pk, choices={2: {"name": "whatever"}})
    assert job.quarantine.get().decided == {}
    do.conflicts_settle(actor=homes.worker, import_id=job.pk, choices={2: {"name": "take"}})
    work_through(job.pk)
    job.refresh_from_db()
    assert clear(resident(), "name") == "王大鸣" and not job.quarantine.exists()
    assert job.counts == {**COUNTS, "conflicts": 0, "changed": 1} and job.state == "done"
    undone(homes.worker, job)
    assert tables_digest() == before


def test_what_is_kept_is_not_asked_again(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    rows = [person("王大鸣", "1980-05-06", 11), person("李小华", "1982-07-08", 22, 与户主关系="配偶")]
    job = brought(homes.worker, *rows, source="health")
    assert job.counts["conflicts"] == 2
    assert do.conflicts_settle_all(actor=homes.worker, import_id=job.pk, choice="keep") == 2
    work_through(job.pk)
    assert clear(resident(), "name") == "王大明"
    assert brought(homes.worker, *rows, source="health").counts == {**COUNTS, "unchanged": 2}


def test_others_may_neither_see_nor_decide(homes: Homes, cast: Cast) -> None:
    brought(homes.worker, *FAMILY)
    job = brought(homes.worker, person("王大鸣", "1980-05-06", 11), source="health")
    for who in ("worker2", "worker_b", "resident"):
        with pytest.raises((NotAllowed, NotFound)):
            do.conflicts_settle(actor=cast.actor(who), import_id=job.pk, choices={2: {"name": "take"}})
    assert job.quarantine.get().decided == {}


def test_a_wholly_other_name_under_the_same_number_is_asked_even_of_the_police(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    job = brought(homes.worker, person("赵铁柱", "1980-05-06", 11))
    assert job.quarantine.get().clashes[0]["why"].startswith("号码相同，姓名一个字也不一样")


def test_somebody_without_a_number_is_the_same_by_name_birth_and_dwelling(homes: Homes) -> None:
    brought(homes.worker, person("王大明", 出生日期="1980-05-06", 证件号码="", 证件类型=""))
    job = brought(homes.worker, *FAMILY)
    assert job.counts == {**COUNTS, "new": 3, "changed": 1}
    assert Resident.objects.count() == 4 and clear(resident(), "name") == "王大明"


@pytest.mark.parametrize(("choice", "people"), [("same", 1), ("other", 2)])
def test_a_doubtful_person_is_never_merged_in_silence(homes: Homes, choice: str, people: int) -> None:
    brought(homes.worker, person("王大明", 证件号码="", 证件类型=""))
    job = brought(homes.worker, person("王大明", "1980-05-06", 11, 与户主关系="其他亲属"))
    assert job.counts["conflicts"] == 1 and Resident.objects.count() == 1
    do.conflicts_settle(actor=homes.worker, import_id=job.pk, choices={2: {"identity": choice}})
    work_through(job.pk)
    assert Resident.objects.count() == people


def test_another_head_is_asked(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    job = brought(homes.worker, person("王老太", "1950-05-06", 55))
    assert job.quarantine.get().clashes[0]["field"] == "head"
    do.conflicts_settle_all(actor=homes.worker, import_id=job.pk, choice="take")
    work_through(job.pk)
    heads = Membership.objects.filter(relation="head", household=resident().memberships.get().household)
    assert heads.get().resident == resident("1950-05-06", 55)
    assert resident().memberships.get().relation == "other_kin"


# -- other places ---------------------------------------------------------------------------------
def test_somebody_of_another_committee_is_a_question_for_the_street_and_none_for_a_stranger(
    homes: Homes, cast: Cast
) -> None:
    from linli.foundation.places.services import building_add, compound_add

    brought(homes.worker, *FAMILY)
    street, other = cast.places["street_place"], cast.places["committee_b_place"]
    theirs = compound_add(
        actor=cast.actor("worker_b"), name="秋实苑", street=street, committee=other, address=""
    )
    building = building_add(actor=cast.actor("worker_b"), compound_id=theirs.public_id, name="1号楼")
    from linli.foundation.places.services import part_add

    part_add(actor=cast.actor("worker_b"), building_id=building.public_id, name="101")
    row = person("王大明", "1980-05-06", 11, 居住地址="秋实苑1号楼101室", 户号="K1")
    stranger = brought(cast.actor("worker_b"), row)
    assert "服务范围以外" in reasons(stranger) and resident().compound == homes.compound
    job = brought(cast.actor("street"), row)
    assert job.quarantine.get().clashes[0]["field"] == "home"
    do.conflicts_settle_all(actor=cast.actor("street"), import_id=job.pk, choice="take")
    work_through(job.pk)
    assert resident().compound == theirs and resident().area_path == other.path
    assert resident().memberships.filter(to_on__isnull=True).count() == 1


# -- complete files -----------------------------------------------------------------------------------
def crowd(count: int) -> list[list[str]]:
    rooms = [f"{floor}0{room}" for floor in range(1, 7) for room in (1, 2)]
    return [
        person(f"丁{chr(0x4E00 + at)}", "1970-01-01", at + 100, room=rooms[at % 12], 户号=f"C{at}")
        for at in range(count)
    ]


def test_a_complete_file_ends_what_it_does_not_name_and_the_undo_brings_it_back(
    homes: Homes, cast: Cast
) -> None:
    rows = crowd(24)
    brought(homes.worker, *rows)
    before = tables_digest()
    clock_forward(timedelta(days=30))
    place = cast.places["committee_a_place"].code
    looking = looked(homes.worker, *rows[:20], complete=place)
    assert (looking.ending["ends"], looking.ending["now"], looking.ending["is_much"]) == (4, 24, False)
    job = run(homes.worker, looking)
    assert (
        job.state == "done"
        and job.counts["ended"] == 4
        and Resident.objects.filter(state="away").count() == 4
    )
    assert Household.objects.filter(ended_on__isnull=False).count() == 4
    undone(homes.worker, job)
    assert tables_digest() == before


def test_a_file_that_would_end_a_third_of_a_committee_stops_and_asks_another_person(
    homes: Homes, cast: Cast
) -> None:
    rows = crowd(24)
    brought(homes.worker, *rows)
    before = tables_digest()
    place = cast.places["committee_a_place"].code
    job = run(homes.worker, looked(homes.worker, *rows[:10], complete=place))
    assert job.state == "held" and tables_digest() == before
    with pytest.raises(NotAllowed, match="不能自己复核"):
        do.import_ending_confirm(actor=homes.worker, import_id=job.pk, ends=14)
    with pytest.raises(InvalidInput, match="数字"):
        do.import_ending_confirm(actor=cast.actor("street"), import_id=job.pk, ends=13)
    do.import_ending_confirm(actor=cast.actor("street"), import_id=job.pk, ends=14)
    work_through(job.pk)
    assert Resident.objects.filter(state="away").count() == 14


def test_it_can_be_declined(homes: Homes, cast: Cast) -> None:
    rows = crowd(24)
    brought(homes.worker, *rows)
    before = tables_digest()
    place = cast.places["committee_a_place"].code
    job = run(homes.worker, looked(homes.worker, *rows[:10], complete=place))
    do.import_ending_decline(actor=homes.worker, import_id=job.pk)
    job.refresh_from_db()
    assert job.state == "done" and tables_digest() == before


def replace_cell(row: list[str], head: str, text: str, heads: Sequence[str] = HEAD) -> list[str]:
    fresh = list(row)
    fresh[heads.index(head)] = text
    return fresh


# -- bad input --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"证件号码": "310101198005060110"}, "校验位不对"),
        ({"证件号码": "310101800506011"}, "15位的旧身份证号码"),
        ({"出生日期": "1981-05-06"}, "出生日期与证件号码不一致"),
        ({"性别": "女"}, "性别与证件号码不一致"),
        ({"居住地址": "春晖苑"}, "没有写到楼栋"),
        ({"居住地址": "春晖苑9号楼101室"}, "没有登记“9"),
        ({"居住地址": "春晖苑3号楼1单元999室"}, "没有登记"),
        ({"居住地址": ""}, "没有地址"),
        ({"姓名": ""}, "“姓名”是空的"),
        ({"姓名": "王?明"}, "生僻字"),
        ({"出生日期": "2050-01-01", "证件号码": "", "证件类型": ""}, "不能晚于今天"),
        ({"户籍": "火星户籍"}, "户籍要从列表里选"),
    ],
)
def test_a_bad_row_waits_with_a_clear_reason(homes: Homes, cells: dict[str, str], words: str) -> None:
    job = brought(homes.worker, person("王大明", "1980-05-06", 11, **cells), FAMILY[3])
    assert words in reasons(job) and job.counts["new"] == 1 and Resident.objects.count() == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_files_brought_twice_and_taken_back_leave_no_trace(homes: Homes, seed: int) -> None:
    chance, before = Random(seed), tables_digest()
    rooms = ("101", "102", "201", "202", "301")
    rows = [
        person(
            chance.choice(("王大明", "欧阳静", "李小花", "钱多多")),
            f"19{chance.randint(40, 99)}-05-06",
            chance.randint(1, 999),
            chance.choice(rooms),
            与户主关系=chance.choice(("户主", "配偶", "子")),
            联系电话=chance.choice(("", "13812345678", "1381")),
        )
        for _each in range(12)
    ]
    first = brought(homes.worker, *rows)
    after = tables_digest()
    assert first.counts["new"] and after != before
    again = brought(homes.worker, *rows)
    assert again.counts["new"] == 0 and tables_digest() == after
    undone(homes.worker, again)
    assert tables_digest() == after
    undone(homes.worker, first)
    assert tables_digest() == before


def test_two_heads_in_a_household(homes: Homes) -> None:
    job = brought(homes.worker, *FAMILY, person("第二人", "1980-05-06", 77))
    assert "同一户有两个户主：第2行" in reasons(job)


def test_a_child_alone_waits_and_comes_in_after_its_parent(homes: Homes) -> None:
    child, parent = FAMILY[2], FAMILY[0]
    job = brought(homes.worker, child)
    assert "没有可以做监护人的成年人" in reasons(job)
    brought(homes.worker, parent)
    do.quarantine_retry(actor=homes.worker, import_id=job.pk)
    work_through(job.pk)
    assert Guardian.objects.get().guardian == resident()


@pytest.mark.parametrize("name", ["丁", "㛃", "王𬭩", "阿卜杜热合曼·买买提艾力", "长" * 20, "Maria da Silva"])
def test_names_short_long_and_rare(homes: Homes, name: str) -> None:
    job = brought(homes.worker, person(name, "1980-05-06", 11))
    assert job.counts["new"] == 1 and clear(resident(), "name") == name, reasons(job)


def test_an_income_without_its_month_is_left_out_with_a_remark(homes: Homes) -> None:
    head = [*HEAD, "月收入（养老金）", "收入月份"]
    row = [*FAMILY[3], "3500.50"]
    looking = looked(homes.worker, [*row, ""], head=head)
    assert any("哪个时期" in words for words, _count in looking.preview["remarks"])
    job = brought(homes.worker, [*row, "2026-02"], head=head, source="civil_affairs")
    assert job.counts["new"] == 1, reasons(job)
    fact = Fact.objects.get(key="income")
    assert (fact.period, fact.value) == ("2026-02/pension", "") and fact.value_sealed
    assert clear_fact(fact) == "350050"


def clear_fact(fact: Fact) -> str:
    from linli.registers.residents.sealing import sealed_get

    return sealed_get(fact, "value")


def test_columns_of_ethnicity_and_party_are_nowhere(homes: Homes) -> None:
    head = [*HEAD, "民族", "政治面貌"]
    job = brought(homes.worker, [*FAMILY[3], "回族", "中共党员"], head=head)
    assert job.dropped == ["民族", "政治面貌"] and job.counts["new"] == 1
    from linli.foundation.imports.opening import table_of

    assert "回族" not in repr(list(table_of(job).rows())) and "民族" not in table_of(job).headers
    assert "回族" not in job.first_text
