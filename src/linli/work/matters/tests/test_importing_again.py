"""Matters imported again, changed, undone, corrected, killed in between; who may, and what is kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core.clock import clock_forward
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.imports import services as do
from linli.foundation.imports.incoming import incoming_read
from linli.foundation.imports.keeping import file_read
from linli.foundation.imports.mapping import MapSpec
from linli.foundation.imports.models import ColumnMap, Import
from linli.foundation.imports.opening import table_of
from linli.foundation.imports.planning import chunks
from linli.foundation.imports.quarantine import quarantine_file
from linli.foundation.imports.reading import table_read
from linli.foundation.imports.selectors import import_get, import_list, kept_rows, map_fitting
from linli.foundation.imports.services.jobs import Overtaken
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import MACHINE, resume_silent, work_through
from linli.foundation.imports.tests.files import csv_of, upload, xlsx_of
from linli.foundation.imports.tests.runs import checked, imported, run, suggested, undone, uploaded
from linli.work.matters.models import Assignment, Matter
from linli.work.matters.services import importing, matter_accept
from tests.people import Cast

from .hotline import HEAD, MIXED, A, B, brought, file_of, matter, row
from .test_import_real import tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CHUNK = target_get("matters").batch


# -- twice, changed -----------------------------------------------------------------
def test_the_same_file_again_changes_nothing_in_either_format(cast: Cast) -> None:
    brought(cast, *MIXED)
    before = tables_digest()
    again = brought(cast, *MIXED)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 5, "quarantined": 0}
    sheet = imported(cast.actor("street"), xlsx_of([HEAD, *MIXED]), name="工单.xlsx", source="12345")
    assert sheet.counts["unchanged"] == 5 and tables_digest() == before
    assert undone(cast.actor("street"), again).state == "undone" and tables_digest() == before


def test_a_newer_file_changes_what_changed_and_its_undo_puts_it_back(cast: Cast) -> None:
    brought(cast, *MIXED)
    kept = {name: value for name, value in vars(matter("1")).items() if name not in ("_state", "version")}
    newer = list(MIXED)
    newer[0] = row("1", 状态="已办结", 办结时间="2026-03-09 10:00", 社区=B)
    job = brought(cast, *newer)
    assert job.counts == {"new": 0, "changed": 1, "unchanged": 4, "quarantined": 0}
    one = matter("1")
    assert one.state == "closed" and one.place_code == B and one.version == 2 and one.due_at is None
    assert not Duty.objects.filter(subject_number=one.number, state="open").exists()
    assert "状态" in one.events.get(verb="import_change").note
    undone(cast.actor("street"), job)
    one = matter("1")
    assert {name: getattr(one, name) for name in kept} == kept
    assert Duty.objects.filter(subject_number=one.number, state="open").count() == 1
    assert [event.verb for event in one.events.all()] == ["import"]
    assert brought(cast, *MIXED).counts["unchanged"] == 5


def test_what_somebody_has_worked_on_is_not_overwritten(cast: Cast) -> None:
    brought(cast, row("1"), row("2"))
    one = matter("1")
    matter_accept(actor=cast.actor("worker"), matter_id=one.pk, version=one.version)
    job = brought(cast, row("1", 标题="新标题"), row("2", 标题="新标题"))
    assert (job.counts["changed"], job.counts["quarantined"]) == (1, 1)
    assert matter("1").title == one.title and matter("2").title == "新标题"
    assert "已在邻里办理（受理）" in job.quarantine.get().reasons[0]


# -- undo ---------------------------------------------------------------------------
def test_an_undo_leaves_what_was_worked_on_and_says_which(cast: Cast) -> None:
    before = tables_digest()
    job = brought(cast, *MIXED)
    one = matter("1")
    matter_accept(actor=cast.actor("worker"), matter_id=one.pk, version=one.version)
    undone(cast.actor("street"), job)
    assert (job.counts["undone"], job.counts["kept"]) == (4, 1)
    assert list(Matter.objects.all()) == [one]
    left = kept_rows(job)
    assert left[0].number == 2 and "受理" in left[0].reason and str(one.public_id) in left[0].address
    assert Duty.objects.exclude(subject_number=one.number).count() == 0 and tables_digest() != before
    again = brought(cast, *MIXED)
    assert (again.counts["new"], again.counts["unchanged"]) == (4, 1)


def test_a_whole_undo_leaves_no_trace_but_the_tombstones(cast: Cast) -> None:
    before = tables_digest()
    job = brought(cast, *MIXED, row("8", 社区="没有"))
    undone(cast.actor("street"), job)
    assert tables_digest() == before and job.state == Import.State.UNDONE and not job.quarantine.exists()
    assert set(job.rows.values_list("outcome", "is_current")) == {("undone", False)}
    assert AuditRecord.objects.filter(verb="import.undo").exists()


def test_an_earlier_import_waits_for_the_undo_of_a_later_one(cast: Cast) -> None:
    first = brought(cast, row("1"))
    second = brought(cast, row("1", 标题="新标题"))
    undone(cast.actor("street"), first)
    assert first.counts["kept"] == 1 and "先撤销那次" in kept_rows(first)[0].reason
    undone(cast.actor("street"), second)
    assert matter("1").title == "1的路灯不亮"


# -- quarantine ----------------------------------------------------------------------
def _corrected(cast: Cast, job: Import, content: bytes, name: str) -> int:
    incoming = incoming_read(upload(content, name), target_get("matters"))
    return do.quarantine_correct(actor=cast.actor("street"), import_id=job.pk, table=incoming.table)


@pytest.mark.parametrize("shape", ["xlsx", "csv"])
def test_rows_are_downloaded_corrected_and_replayed(cast: Cast, shape: str) -> None:
    bad = row("=1+1", 社区="错了", 标题='=HYPERLINK("http://x")')
    job = brought(cast, row("1"), bad, row("3", 来电时间="昨天"))
    rows = do.quarantine_look(actor=cast.actor("street"), import_id=job.pk)
    content = quarantine_file(shape, job, rows, cast.actor("street"))
    table = table_read(content, words=frozenset(), most_rows=100)
    assert table.headers[:3] == ("行号", "原因", "工单编号")
    lines = [list(line.cells) for line in table.rows()]
    assert "昨天" in lines[1] and "没有对应到" in lines[0][1]
    if shape == "csv":
        assert lines[0][2] == "'=1+1"
    lines[0][table.headers.index("社区")] = A
    fixed = csv_of([list(table.headers), *lines])
    assert _corrected(cast, job, fixed, "改好的.csv") == 2
    work_through(job.pk)
    job.refresh_from_db()
    assert job.state == Import.State.DONE
    assert job.counts == {"new": 2, "changed": 0, "unchanged": 0, "quarantined": 1}
    assert matter("=1+1").title == '=HYPERLINK("http://x")' and job.quarantine.get().number == 4
    assert undone(cast.actor("street"), job).counts["undone"] == 2 and not Matter.objects.exists()


def test_rows_are_tried_again_after_a_word_was_mapped(cast: Cast) -> None:
    street = cast.actor("street")
    job = brought(cast, row("1", 社区="一居"), row("2", 社区="二居"))
    assert job.counts["quarantined"] == 2
    do.import_values_set(actor=street, import_id=job.pk, values={"place": {"一居": A, "二居": B}})
    assert do.quarantine_retry(actor=street, import_id=job.pk) == 2
    work_through(job.pk)
    job.refresh_from_db()
    assert job.counts["new"] == 2 and job.counts["quarantined"] == 0 and job.state == Import.State.DONE


def test_a_file_of_something_else_is_no_correction(cast: Cast) -> None:
    job = brought(cast, row("1", 社区="错了"))
    for content in (file_of(row("1")), csv_of([["行号", "社区"], ["77", A]])):
        with pytest.raises(InvalidInput, match="行号"):
            _corrected(cast, job, content, "x.csv")
    assert not job.quarantine.filter(is_corrected=True).exists()


def test_a_download_is_recorded_as_a_look(cast: Cast) -> None:
    job = brought(cast, row("1", 社区="错了"))
    do.quarantine_look(actor=cast.actor("street"), import_id=job.pk)
    look = AuditRecord.objects.get(verb="import.look")
    assert look.looked_at and look.person_id == cast.person("street").pk
    for name in ("street2", "operator", "other_district"):
        with pytest.raises((NotAllowed, NotFound)):
            do.quarantine_look(actor=cast.actor(name), import_id=job.pk)


# -- killed in between ----------------------------------------------------------------
def _many(count: int) -> bytes:
    return file_of(*(row(str(n)) for n in range(count)))


def test_an_import_that_was_killed_goes_on_without_doubling(cast: Cast) -> None:
    street = cast.actor("street")
    job = uploaded(street, _many(CHUNK + 40))
    checked(street, job, suggested(job, source="12345"))
    do.import_start(actor=street, import_id=job.pk)
    first, *_rest = chunks(table_of(job).rows(), CHUNK)
    do.import_batch(actor=MACHINE, import_id=job.pk, start=0, rows=first)
    assert Matter.objects.count() == CHUNK
    with pytest.raises(Overtaken):
        do.import_batch(actor=MACHINE, import_id=job.pk, start=0, rows=first)
    assert resume_silent() == 0
    clock_forward(timedelta(minutes=4))
    assert resume_silent() == 1
    job.refresh_from_db()
    assert job.state == Import.State.DONE and job.counts["new"] == CHUNK + 40 == Matter.objects.count()


def test_a_batch_that_breaks_leaves_nothing_of_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    street, calls = cast.actor("street"), []
    real = importing._index

    def breaks(matters: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        real(matters)

    monkeypatch.setattr(importing, "_index", breaks)
    job = uploaded(street, _many(CHUNK + 40))
    checked(street, job, suggested(job, source="12345"))
    run(street, job)
    assert job.state == Import.State.FAILED and "可以继续" in job.failure and Matter.objects.count() == CHUNK
    run(street, job)
    assert job.state == Import.State.DONE and Matter.objects.count() == CHUNK + 40


# -- who, where ------------------------------------------------------------------------
OTHERS = ("worker2", "grid_worker", "street2", "department", "property", "supervisor", "resident", "visitor")


@pytest.mark.parametrize("name", OTHERS)
def test_only_administrators_import(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        uploaded(cast.actor(name), file_of(row("1")))
    assert not Import.objects.exists()


def test_an_import_is_hidden_from_other_areas(cast: Cast) -> None:
    job = brought(cast, row("1"))
    for name in ("other_street", "other_worker", "worker_b", "street2", "resident"):
        actor = cast.actor(name)
        assert not import_list(actor).exists(), name
        with pytest.raises(NotFound):
            import_get(actor, job.public_id)
        with pytest.raises((NotFound, NotAllowed)):
            do.import_undo_start(actor=actor, import_id=job.pk)
    for name in ("street", "district", "city", "operator"):
        assert import_list(cast.actor(name)).count() == 1, name


def test_a_file_goes_only_into_the_actors_own_areas(cast: Cast) -> None:
    worker = cast.actor("worker")
    job = uploaded(worker, file_of(row("1"), row("2", 社区=B)))
    spec = MapSpec(
        {c: h for c, h in suggested(job).columns.items() if c != "place"}, {"source": "12345", "place": B}
    )
    with pytest.raises(InvalidInput) as refused:
        do.import_map_set(actor=worker, import_id=job.pk, spec=spec)
    assert "fixed_place" in refused.value.details
    job.refresh_from_db()
    assert job.state == Import.State.UPLOADED
    checked(worker, job, suggested(job, source="12345"))
    run(worker, job)
    assert [m.place_code for m in Matter.objects.all()] == [cast.places["committee_a_place"].code]


def test_a_number_of_another_area_is_not_touched(cast: Cast) -> None:
    brought(cast, row("1"))
    job = brought(cast, row("1", 社区="梧桐第一居委会", 标题="改"), by="other_street")
    assert "别的地区" in job.quarantine.get().reasons[0] and matter("1").title == "1的路灯不亮"


def test_an_operator_imports_into_one_street_and_sees_no_rows_of_others(cast: Cast) -> None:
    operator = cast.actor("operator")
    job = uploaded(operator, file_of(row("1", 社区=""), row("2", 来电时间="昨天")))
    checked(operator, job, suggested(job, source="12345", place=cast.places["street_place"].code))
    assert job.area_path == ""  # the file names places of its own beside the default
    run(operator, job)
    assert matter("1").place_how == "street" and Duty.objects.get().function == "street"
    assert len(do.quarantine_look(actor=operator, import_id=job.pk)) == 1


# -- maps, states, keeping --------------------------------------------------------------
def test_a_map_is_kept_by_name_for_the_unit_and_found_again(cast: Cast) -> None:
    street = cast.actor("street")
    job = uploaded(street, file_of(row("1")))
    checked(street, job, suggested(job, source="12345"), save_as=" 热线  周报 ")
    kept = ColumnMap.objects.get()
    assert kept.name == "热线 周报" and map_fitting(street, "matters", HEAD) == kept
    assert map_fitting(street, "matters", HEAD[1:]) is None
    assert map_fitting(cast.actor("other_street"), "matters", HEAD) is None
    with pytest.raises(NotFound):
        do.map_delete(actor=cast.actor("other_street"), map_id=kept.pk)
    do.map_delete(actor=street, map_id=kept.pk)
    assert not ColumnMap.objects.exists()


NAMED = {"number": "工单编号", "reported_at": "来电时间", "place": "社区"}


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        (MapSpec({"number": "工单编号"}, {"source": "x"}), "column_reported_at"),
        (MapSpec({"number": "没有这列"}), "column_number"),
        (MapSpec(NAMED, {"source": "x", "state": "flown"}), "fixed_state"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_beside_its_field(cast: Cast, spec: MapSpec, where: str) -> None:
    street = cast.actor("street")
    job = uploaded(street, file_of(row("1")))
    with pytest.raises(InvalidInput) as refused:
        do.import_map_set(actor=street, import_id=job.pk, spec=spec)
    assert where in refused.value.details
    job.refresh_from_db()
    assert job.state == Import.State.UPLOADED


def test_steps_out_of_turn_are_refused_and_change_nothing(cast: Cast) -> None:
    street = cast.actor("street")
    job = uploaded(street, file_of(row("1")))
    for act in (do.import_start, do.import_undo_start, do.quarantine_retry, do.quarantine_look):
        with pytest.raises(Conflict):
            act(actor=street, import_id=job.pk)
    for act in (do.import_finish, do.import_undo_batch, do.quarantine_replay):
        with pytest.raises(NotAllowed):
            act(actor=street, import_id=job.pk)
    do.import_discard(actor=street, import_id=job.pk)
    with pytest.raises(Conflict):
        do.import_map_set(actor=street, import_id=job.pk, spec=MapSpec())
    assert not Matter.objects.exists()


def test_files_and_waiting_rows_go_after_their_time(cast: Cast) -> None:
    first = brought(cast, row("1"), row("2", 社区="错了"))
    clock_forward(timedelta(days=20))
    second = uploaded(cast.actor("street"), file_of(row("1"), row("2", 社区="错了")))
    assert first.path != second.path
    clock_forward(timedelta(days=11))
    assert do.imports_forget(actor=MACHINE) == 1
    first.refresh_from_db()
    assert first.path == "" and first.file_gone_at and not first.quarantine.exists()
    assert file_read(second) and matter("1")
    with pytest.raises(NotAllowed):
        do.imports_forget(actor=cast.actor("street"))


def test_quarantined_cells_are_ciphertext(cast: Cast) -> None:
    job = brought(cast, row("1", 社区="错了", 诉求人="王小二"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells_text FROM imports_quarantinedrow")
        assert "王小二" not in cursor.fetchone()[0]
    assert "王小二" in json.loads(job.quarantine.get().cells_text)
    assert Assignment.objects.count() == 0
