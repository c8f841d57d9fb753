"""Matters from other systems' files: the map, the preview, and what comes of a row."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from linli.core import clock as core_clock
from linli.core.actor import system
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.duties.tasks import mark_overdue
from linli.foundation.imports import services as do
from linli.foundation.imports.mapping import suggest
from linli.foundation.imports.models import Import, ImportedRow, QuarantinedRow
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import checked, run, suggested, uploaded
from linli.foundation.notices.models import Notice
from linli.foundation.search.selectors import search_filter
from linli.work.matters.models import Matter, MatterEvent
from linli.work.matters.selectors import figures
from linli.work.matters.services import categories_load, matter_accept
from tests.people import Cast

from .hotline import HEAD, MIXED, brought, file_of, matter, row
from .test_import_real import tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# -- map and preview ---------------------------------------------------------------
def test_the_first_map_is_suggested_by_the_head() -> None:
    spec = suggest(target_get("matters"), HEAD, {"来电时间": ["04/13/2018"]})
    assert spec.columns == {
        "number": "工单编号",
        "title": "标题",
        "text": "诉求内容",
        "reported_at": "来电时间",
        "due_at": "办结时限",
        "closed_at": "办结时间",
        "state": "状态",
        "place": "社区",
        "unit": "承办单位",
        "reporter_name": "诉求人",
        "reporter_phone": "联系电话",
        "category": "类别",
    }
    assert spec.date_order == "month" and not spec.fixed


def test_looking_through_writes_nothing_but_its_counts(cast: Cast) -> None:
    street, before = cast.actor("street"), tables_digest()
    job = uploaded(street, file_of(*MIXED, row("6", 社区="别处居委会"), row("7", 状态="飞了"), row("1")))
    checked(street, job, suggested(job, source="12345"))
    assert tables_digest() == before and not ImportedRow.objects.exists() and not job.quarantine.exists()
    found = job.preview
    assert found["counts"] == {"new": 5, "changed": 0, "unchanged": 1, "quarantined": 2}
    assert found["unknown"] == {"place": [["别处居委会", 1]], "state": [["飞了", 1]]}
    assert found["first"][0]["cells"]["number"] == "1" and job.state == Import.State.CHECKED
    assert [count for words, count in found["remarks"] if "承办单位不在邻里" in words] == [1]


def test_a_preview_shows_no_personal_values(cast: Cast) -> None:
    job = uploaded(cast.actor("street"), file_of(row("1", 诉求人="王小二", 联系电话="13812345678")))
    checked(cast.actor("street"), job, suggested(job, source="12345"))
    cells = job.preview["first"][0]["cells"]
    assert cells["reporter_name"] == cells["reporter_phone"] == "●●●"


# -- a run ---------------------------------------------------------------------------
def test_rows_become_matters_in_their_state_with_their_dates_and_limits(cast: Cast) -> None:
    job = brought(cast, *MIXED)
    assert job.counts == {"new": 5, "changed": 0, "unchanged": 0, "quarantined": 0}
    states = {number: matter(number).state for number in "12345"}
    assert states == {"1": "reported", "2": "accepted", "3": "handling", "4": "accepted", "5": "closed"}
    closed = matter("5")
    assert closed.reported_at.astimezone(core_clock.BEIJING).strftime("%m-%d %H:%M") == "03-02 09:30"
    assert closed.closed_at and closed.closed_at.astimezone(core_clock.BEIJING).hour == 15
    assert (
        closed.source_due_at
        and closed.source_due_at.astimezone(core_clock.BEIJING).strftime("%d %H") == "05 23"
    )
    assert closed.closed_as == "imported" and closed.channel == "import" and closed.is_imported
    assert not Notice.objects.exclude(kind="import.end").exists()


def test_what_is_open_stands_on_somebodys_list_with_the_limit_it_came_with(cast: Cast) -> None:
    brought(cast, *MIXED)
    duties = {duty.subject_number: duty for duty in Duty.objects.filter(state="open")}
    assert {matter(number).number for number in "1234"} == set(duties)
    assert [duties[matter(n).number].action for n in "1234"] == ["accept", "sort", "sign", "sort"]
    handling = matter("3")
    lead = handling.assignments.get()
    assert lead.unit == cast.units["chengguan"] and lead.due_at == handling.source_due_at == handling.due_at
    assert Matter.objects.visible_to(cast.actor("department")).filter(pk=handling.pk).exists()
    assert duties[handling.number].unit == cast.units["chengguan"]
    assert matter("5").assignments.get().ended_at == matter("5").closed_at
    assert "承办单位：不在这里的单位" in matter("4").events.get().note


def test_history_that_is_late_reminds_nobody(cast: Cast) -> None:
    brought(cast, row("1", 办结时限="2026-03-03"), row("2", 办结时限="2026-03-31"))
    assert matter("1").due_at and matter("1").due_at < core_clock.now()
    mark_overdue()
    assert not Notice.objects.exclude(kind="import.end").exists()


def test_an_imported_matter_is_found_and_can_be_worked(cast: Cast) -> None:
    brought(cast, *MIXED)
    found = search_filter(Matter.objects.visible_to(cast.actor("street")), room="matters", query="路灯 12345")
    assert not found.exists()
    assert search_filter(Matter.objects.all(), room="matters", query="路灯").count() == 5
    first = matter("1")
    done = matter_accept(actor=cast.actor("worker"), matter_id=first.pk, version=first.version)
    assert done.state == "accepted"


def test_the_reporter_is_encrypted_and_named_nowhere_else(cast: Cast) -> None:
    brought(cast, row("1", 诉求人="王小二", 联系电话="138 1234 5678"), row("2", 诉求人="王小二", 社区="没有"))
    one = matter("1")
    assert (one.reporter_name, one.reporter_phone) == ("王小二", "13812345678") and one.reporter_phone_index
    with connection.cursor() as cursor:
        for model in (Matter, MatterEvent, Import, ImportedRow, QuarantinedRow, AuditRecord):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            text = repr(cursor.fetchall())
            assert "王小二" not in text and "13812345678" not in text, model


def test_sensitive_words_protect_an_imported_matter_too(cast: Cast) -> None:
    brought(cast, row("1", 诉求内容="邻居家暴，孩子被打"))
    assert matter("1").is_never_public and matter("1").hides_reporter


def test_a_batch_is_one_record_with_counts_and_digest(cast: Cast) -> None:
    brought(cast, *MIXED)
    batch = AuditRecord.objects.get(verb="import.batch")
    assert batch.purpose.startswith("new 5 changed 0 unchanged 0 quarantined 0 sha256 ")
    assert not AuditRecord.objects.filter(verb__startswith="matter.").exists()


def test_the_rates_leave_an_import_out_until_it_is_counted(cast: Cast) -> None:
    job = brought(cast, *MIXED)
    street, area = cast.actor("street"), cast.places["street_place"].path
    period = (date(2026, 3, 1), date(2026, 3, 10))
    before = figures(street, area, *period)
    assert (before.received, before.imported, before.on_time.whole) == (5, 5, 0)
    do.import_count_set(actor=street, import_id=job.pk, is_counted=True)
    after = figures(street, area, *period)
    assert (after.on_time.part, after.on_time.whole) == (1, 1)
    do.import_count_set(actor=street, import_id=job.pk, is_counted=False)
    assert figures(street, area, *period).on_time.whole == 0


def test_categories_and_places_are_mapped_by_the_words_of_the_file(cast: Cast) -> None:
    categories_load(actor=system("setup"))
    street = cast.actor("street")
    job = uploaded(street, file_of(row("1", 类别="环境卫生"), row("2", 类别="垃圾类"), row("3", 社区="一居")))
    checked(street, job, suggested(job, source="12345"))
    assert job.preview["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "quarantined": 1}
    assert job.preview["unknown"] == {"category": [["垃圾类", 1]], "place": [["一居", 1]]}
    code = cast.places["committee_a_place"].code
    words = {"category": {"垃圾类": "sanitation"}, "place": {"一居": code}}
    do.import_values_set(actor=street, import_id=job.pk, values=words)
    work_through(job.pk)
    run(street, job)
    assert {matter(n).category.code for n in "12"} == {"sanitation"}  # type: ignore[union-attr]
    assert matter("3").place_code == code


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"工单编号": ""}, "来件编号"),
        ({"来电时间": "昨天"}, "不是认得的日期"),
        ({"来电时间": "2027-01-01"}, "将来"),
        ({"来电时间": "04/05/2026"}, "先写月还是先写日"),
        ({"状态": "已办结"}, "没有办结时间"),
        ({"状态": "已办结", "办结时间": "2026-03-01"}, "早于上报时间"),
        ({"社区": "梧桐第一居委会"}, "没有对应到本辖区"),
        ({"社区": ""}, "“地点”是空的"),
        ({"标题": "", "诉求内容": ""}, "都是空的"),
        ({"诉求内容": "长" * 20_001}, "太长"),
    ],
)
def test_a_bad_row_waits_with_its_reason_and_the_others_come_in(
    cast: Cast, cells: dict[str, str], reason: str
) -> None:
    job = uploaded(cast.actor("street"), file_of(row("9", **cells), row("1")))
    checked(cast.actor("street"), job, replace(suggested(job, source="12345"), date_order=""))
    run(cast.actor("street"), job)
    waiting = job.quarantine.get()
    assert any(reason in words for words in waiting.reasons), waiting.reasons
    assert waiting.number == 2 and job.counts["quarantined"] == 1 and job.counts["new"] == 1


def test_a_row_with_more_cells_than_the_head_waits(cast: Cast) -> None:
    job = brought(cast, [*row("1"), "多出来"], row("2"))
    assert "列比表头多" in job.quarantine.get().reasons[0] and job.counts["new"] == 1


def test_one_number_twice_in_a_file_is_taken_once(cast: Cast) -> None:
    job = brought(cast, row("1"), row("1"))
    assert (job.counts["new"], job.counts["unchanged"], job.counts["quarantined"]) == (1, 1, 0)


def test_one_number_for_two_things_is_taken_for_neither(cast: Cast) -> None:
    job = brought(cast, row("1"), row("1", 标题="另一个标题"), row("2"))
    assert (job.counts["new"], job.counts["quarantined"]) == (1, 2)
    assert all("相同编号、内容不同的行（第2、3行）" in line.reasons[0] for line in job.quarantine.all())


def test_a_number_that_somebody_typed_in_is_not_taken_over(cast: Cast) -> None:
    brought(cast, row("1"))
    Matter.objects.update(is_imported=False)
    ImportedRow.objects.all().delete()
    job = brought(cast, row("1", 标题="改"))
    assert matter("1").number in job.quarantine.get().reasons[0]
