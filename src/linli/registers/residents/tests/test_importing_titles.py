"""Titles of a file: rows of one part are one title; passed on, corrected, asked, taken back."""

import pytest

from linli.core import clock as time
from linli.core.actor import Actor
from linli.foundation.imports.models import Import
from linli.foundation.imports.selectors import PreviewLines
from linli.foundation.imports.services import conflicts_settle, quarantine_retry
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import undone
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Establishment, Owner, Ownership, Resident
from linli.registers.residents.numbers import credit_check
from linli.registers.residents.owning.selectors import owners_roll
from tests.people import Cast

from .importworld import (
    ADDRESS,
    FAMILY,
    brought,
    clear,
    looked,
    number_of,
    resident,
    small_batches,
    tables_digest,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HEAD = ["地址", "权证号", "产权性质", "登记面积", "产权人", "产权人证件号码", "份额", "表决人", "登记日期"]
FATHER, MOTHER = number_of("1980-05-06", 11), number_of("1982-07-08", 22)
STRANGER = number_of("1975-03-04", 55)
DEVELOPER = "91310101MA1FPXXX1" + credit_check("91310101MA1FPXXX1")
COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "quarantined": 0}


def owner(name: str = "王大明", number: str = FATHER, room: str = "101", **cells: str) -> list[str]:
    given = {
        "地址": ADDRESS.format(room),
        "权证号": f"沪房{room}",
        "产权性质": "已售",
        "登记面积": "86.35",
        "产权人": name,
        "产权人证件号码": number,
        "登记日期": "2019-03-01",
        **cells,
    }
    return [given.get(head, "") for head in HEAD]


COUPLE = (owner(份额="1/2", 表决人="是"), owner("李小花", MOTHER, 份额="1/2", 表决人="否"))


@pytest.fixture
def homes(cast: Cast) -> Homes:
    found = homes_build(cast)
    brought(found.worker, *FAMILY)
    return found


def titled(actor: Actor, *rows: list[str], **fixed: str) -> Import:
    return brought(actor, *rows, head=HEAD, target="ownerships", **fixed)


def reasons(job: Import) -> str:
    return " ".join(words for row in job.quarantine.all() for words in row.reasons)


def test_a_couple_is_one_title_and_the_same_file_again_changes_nothing(homes: Homes) -> None:
    empty = tables_digest()
    job = titled(homes.worker, *COUPLE)
    assert job.counts == {**COUNTS, "new": 2}, reasons(job)
    title = Ownership.objects.get()
    assert (title.registered_area, title.kind, title.certificate) == (8635, "sold", "沪房101")
    father, mother = title.owners.order_by("pk")
    assert (father.resident, father.numerator, father.denominator, father.is_voter) == (
        resident(),
        1,
        2,
        True,
    )
    assert not mother.is_voter and owners_roll(homes.worker, title.compound, time.today()).count.number == 1
    entered = tables_digest()
    assert titled(homes.worker, *reversed(COUPLE)).counts == {**COUNTS, "unchanged": 2}
    assert tables_digest() == entered
    undone(homes.worker, job)
    assert tables_digest() == empty


def test_the_preview_shows_the_area_as_it_was_written_and_masks_the_owner(homes: Homes) -> None:
    job = looked(homes.worker, owner(), head=HEAD, target="ownerships")
    text = str(PreviewLines(job, "new")[0:1])
    assert "86.35" in text and "8635" not in text and FATHER not in text and "王大明" not in text


def test_an_owner_who_lives_elsewhere_and_a_developer_are_entered_and_go_again(homes: Homes) -> None:
    empty = tables_digest()
    job = titled(
        homes.worker,
        owner("赵六", STRANGER),
        owner("春晖置业有限公司", DEVELOPER, "202", 产权性质="开发商未售"),
    )
    assert job.counts == {**COUNTS, "new": 2}, reasons(job)
    stranger = resident("1975-03-04", 55)
    assert clear(stranger, "name") == "赵六" and not stranger.memberships.exists()
    assert stranger.tokens.exists() and Establishment.objects.get().credit_code == DEVELOPER
    undone(homes.worker, job)
    assert tables_digest() == empty


def test_a_later_day_and_other_owners_pass_a_title_on(homes: Homes) -> None:
    first = titled(homes.worker, *COUPLE)
    before = tables_digest()
    sold = titled(homes.worker, owner("赵六", STRANGER, 登记日期="2026-02-03"))
    assert sold.counts == {**COUNTS, "new": 1}, reasons(sold)
    former, present = Ownership.objects.order_by("pk")
    assert str(former.to_on) == str(present.from_on) == "2026-02-03" and present.to_on is None
    undone(homes.worker, sold)
    assert tables_digest() == before
    undone(homes.worker, first)
    assert not Ownership.objects.exists() and not Owner.objects.exists()


def test_the_same_day_and_other_owners_correct_a_title(homes: Homes) -> None:
    titled(homes.worker, *COUPLE)
    before = tables_digest()
    job = titled(homes.worker, owner("赵六", STRANGER, 登记面积="90"))
    assert job.counts == {**COUNTS, "changed": 1}, reasons(job)
    title = Ownership.objects.get()
    assert title.registered_area == 9000 and title.owners.get().is_voter and title.version == 2
    undone(homes.worker, job)
    assert tables_digest() == before


@pytest.mark.parametrize("day", ["", "2018-01-01"])
def test_other_owners_without_a_later_day_are_asked(homes: Homes, day: str) -> None:
    titled(homes.worker, *COUPLE)
    before = tables_digest()
    job = titled(homes.worker, owner("赵六", STRANGER, 登记日期=day))
    asked = job.quarantine.get()
    assert asked.is_conflict and "没有写更晚的登记日期" in asked.clashes[0]["why"]
    assert tables_digest() == before
    conflicts_settle(actor=homes.worker, import_id=job.pk, choices={asked.number: {"title": "keep"}})
    work_through(job.pk)
    assert Ownership.objects.get().owners.count() == 2 and not job.quarantine.exists()
    undone(homes.worker, job)
    again = titled(homes.worker, owner("赵六", STRANGER, 登记日期=day))
    row = again.quarantine.get()
    conflicts_settle(actor=homes.worker, import_id=again.pk, choices={row.number: {"title": "take"}})
    work_through(again.pk)
    assert Ownership.objects.get().owners.get().resident == resident("1975-03-04", 55)
    undone(homes.worker, again)
    assert tables_digest() == before


def test_a_co_owner_who_joins_and_one_who_leaves(homes: Homes) -> None:
    titled(homes.worker, owner())
    before = tables_digest()
    both = titled(homes.worker, *COUPLE)
    assert both.counts["quarantined"] == 0 and Ownership.objects.get().owners.count() == 2, reasons(both)
    undone(homes.worker, both)
    assert tables_digest() == before


def test_a_file_that_counts_less_is_asked_once_for_the_title(homes: Homes) -> None:
    titled(homes.worker, *COUPLE)
    before = tables_digest()
    rows = [[*row[:3], "88", *row[4:]] for row in COUPLE]
    job = titled(homes.worker, *rows, source="file")
    asked = job.quarantine.get(is_conflict=True)
    assert tables_digest() == before and job.quarantine.count() == 2
    assert "86.35" in asked.clashes[0]["ours"] and "88.00" in asked.clashes[0]["theirs"]
    conflicts_settle(actor=homes.worker, import_id=job.pk, choices={asked.number: {"title": "take"}})
    work_through(job.pk)
    assert Ownership.objects.get().registered_area == 8800 and not job.quarantine.exists()
    undone(homes.worker, job)
    assert tables_digest() == before


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([owner(登记面积="0")], "登记面积必须大于0"),
        ([owner(登记面积="-3")], "登记面积必须大于0"),
        ([owner(登记面积="86.355")], "最多两位小数"),
        ([owner(登记面积="八十")], "登记面积请填平方米数"),
        ([owner(份额="3/2")], "不大于1的分数"),
        ([owner(份额="1/2"), owner("李小花", MOTHER, 份额="1/3")], "份额合计是5/6"),
        ([owner(份额="1/2"), owner("李小花", MOTHER)], "份额要么每位都填"),
        ([owner(份额="1/2"), owner(份额="1/2", 权证号="沪房二")], "同一位产权人填了两次"),
        ([owner(表决人="是"), owner("李小花", MOTHER, 表决人="是")], "只能推选一人表决"),
        ([owner(), owner("李小花", MOTHER, 登记面积="88")], "“登记面积”不一样"),
        ([owner("", "")], "请至少登记一位产权人"),
        ([owner("王大明", "")], "没有证件号码"),
        ([owner("张三")], "姓名与这个证件号码登记的不一致"),
        ([owner("", STRANGER)], "还没有登记，请填写姓名"),
        ([owner("赵六", STRANGER[:-1] + ("1" if STRANGER[-1] != "1" else "2"))], "校验位"),
        (
            [owner("公司", DEVELOPER[:-1] + ("1" if DEVELOPER[-1] != "1" else "2"))],
            "统一社会信用代码的校验位",
        ),
        ([owner("王小二", number_of("2018-05-06", 77))], "未满14岁"),
        ([owner(登记日期="2099-01-01")], "不能晚于今天"),
        ([owner(地址="春晖苑")], "没有写到楼栋和室号"),
        ([owner(), owner("李小花", MOTHER, 地址="春晖苑 3号楼 1单元 101室")], "是同一套房屋"),
    ],
)
def test_a_bad_title_waits_whole(homes: Homes, rows: list[list[str]], words: str) -> None:
    titled_rows = titled(homes.worker, *rows)
    assert words in reasons(titled_rows)
    assert not Ownership.objects.filter(registered_area__gt=8635).exists()
    if "是同一套房屋" not in words:
        assert not Ownership.objects.exists() and not Resident.objects.filter(memberships=None).exists()


def test_one_bad_row_keeps_its_mates_until_it_is_mended(homes: Homes) -> None:
    job = titled(homes.worker, owner(份额="1/2"), owner("李小花", MOTHER, 份额="十"))
    assert job.quarantine.count() == 2 and "第" in reasons(job) and not Ownership.objects.exists()
    row = job.quarantine.order_by("number").last()
    assert row is not None
    row.cells_text = row.cells_text.replace("十", "1/2")
    row.is_corrected = True
    row.save()
    quarantine_retry(actor=homes.worker, import_id=job.pk)
    work_through(job.pk)
    assert Ownership.objects.get().owners.count() == 2 and not job.quarantine.exists()


def test_rows_of_a_title_apart_from_each_other_are_not_two_titles(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch, 1, "ownerships")
    joint = (owner(), owner("李小花", MOTHER))
    job = titled(homes.worker, joint[0], owner(room="202"), joint[1])
    assert "没有排在一起" in reasons(job) and Ownership.objects.count() == 2
    together = titled(homes.worker, *joint, owner(room="202"))
    assert together.counts["quarantined"] == 0, reasons(together)
