"""Taking lists away: recorded, limited, scoped; and refusals that change nothing."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage

from linli.core.actor import Actor
from linli.core.clock import clock_forward
from linli.core.errors import Expired, InvalidInput, NotAllowed, NotFound, NotSignedIn, Refusal, TooMany
from linli.foundation.accounts.models import RateHit
from linli.foundation.accounts.services import role_end
from linli.foundation.audit.models import AuditRecord
from linli.foundation.exports.models import Export, ExportFile
from linli.foundation.exports.selectors import export_actor, export_list
from linli.foundation.exports.services import (
    export_fetch,
    export_make,
    export_progress,
    export_queue,
    export_settle,
    exports_sweep,
)
from linli.foundation.exports.tasks import WRITER, export_run, export_write, sweep
from linli.foundation.exports.writing import WRITERS
from linli.foundation.notices.models import Notice
from tests.people import Cast

pytestmark = pytest.mark.django_db


def taken(actor: Actor, **more: Any) -> tuple[Export, list[list[str]]]:
    """Return an export and the lines of its file."""
    export = export_make(actor=actor, **{"listing": "test-units", "format": "csv", **more})
    file = export_run(export, actor)
    with default_storage.open(file.path) as kept:
        return export, list(csv.reader(StringIO(kept.read().decode("utf-8-sig"), newline="")))


def refused(error: type[Refusal], **call: Any) -> Refusal:
    """Return the refusal; nothing may have been written."""
    before = (Export.objects.count(), ExportFile.objects.count(), AuditRecord.objects.count())
    hits = RateHit.objects.count()
    with pytest.raises(error) as caught:
        export_make(**{"listing": "test-units", "format": "csv", **call})
    after = (Export.objects.count(), ExportFile.objects.count(), AuditRecord.objects.count())
    assert (before, hits) == (after, RateHit.objects.count())
    return caught.value


def test_an_export_holds_the_list_as_narrowed_and_scoped(cast: Cast, clock: Any) -> None:
    export, lines = taken(cast.actor("street"), query="q=居委&page=7")
    assert [line[0] for line in lines[1:-1]] == ["桂花第一居委会", "桂花第二居委会"]
    assert lines[0] == ["名称", "启用日期", "序号"]
    assert lines[-1][0] == (
        "导出人：郑刚；单位：桂花街道办事处；时间：2026-03-10 10:00；条件：名称：居委；行数：2；"
        "仅限工作使用，请妥善保管，用完删除"
    )
    assert (export.row_count, export.conditions, export.actor_name) == (2, "名称：居委", "街镇")


def test_it_is_recorded_who_took_what(cast: Cast, clock: Any) -> None:
    export, _lines = taken(cast.actor("street"), purpose="月报")
    row = AuditRecord.objects.get(verb="export.make")
    assert (row.person_id, row.subject_id) == (cast.person("street").pk, str(export.public_id))
    assert (row.purpose, row.area_path) == ("月报", cast.places["street_place"].path)
    assert export.unit == cast.units["street_unit"]
    assert ExportFile.objects.get(export=export).state == "ready"


def test_no_purpose_is_asked_for_a_few_rows_but_for_many(cast: Cast, settings: Any) -> None:
    settings.EXPORT_PURPOSE_ROWS = 3
    actor = cast.actor("street")
    refusal = refused(InvalidInput, actor=actor)
    assert refusal.details == {"purpose": "导出超过3行时请写明用途。"}
    refused(InvalidInput, actor=actor, purpose=" 　 ")
    refused(InvalidInput, actor=actor, purpose="长" * 121)
    assert taken(actor, purpose="审计抽查")[0].purpose == "审计抽查"


@pytest.mark.parametrize(
    ("who", "error"),
    [("visitor", NotSignedIn), ("resident", NotAllowed), ("grid_worker", NotAllowed)],
)
def test_who_may_not_see_the_list_may_not_take_it(cast: Cast, who: str, error: type[Refusal]) -> None:
    refused(error, actor=cast.actor(who))


def test_what_cannot_be_exported(cast: Cast, settings: Any) -> None:
    actor = cast.actor("street")
    assert refused(NotFound, actor=actor, query="q=没有").message == "没有可以导出的内容。"
    refused(NotFound, actor=actor, listing="nothing")
    assert "format" in refused(InvalidInput, actor=actor, format="pdf").details
    settings.EXPORT_MOST_ROWS = 2
    assert refused(InvalidInput, actor=actor).message == "一次最多导出2行，现在有6行。"


def test_so_many_a_day_and_no_more(cast: Cast, clock: Any, settings: Any) -> None:
    settings.EXPORTS_PER_DAY = 2
    actor = cast.actor("street")
    taken(actor)
    taken(actor)
    assert "今天导出的次数已经用完" in refused(TooMany, actor=actor).message
    taken(cast.actor("street2"))  # a colleague has their own
    clock_forward(timedelta(days=1, seconds=1))
    taken(actor)


def test_visitors_take_open_lists_so_many_a_day(cast: Cast, clock: Any, settings: Any) -> None:
    actor = cast.actor("visitor")
    export, lines = taken(actor, listing="test-open")
    assert (len(lines), export.person, export.purpose) == (1201, None, "")
    for _number in range(19):
        export_make(actor=actor, listing="test-open", format="csv")
    refused(TooMany, actor=actor, listing="test-open")
    settings.EXPORT_INLINE_ROWS = 1_000
    assert "这里一次最多" in refused(InvalidInput, actor=actor, listing="test-open").message


def test_only_who_made_it_gets_the_file_and_only_in_time(cast: Cast, clock: Any) -> None:
    actor = cast.actor("worker")
    export, _lines = taken(actor)
    assert export_fetch(actor=actor, public_id=export.public_id) == export
    assert AuditRecord.objects.filter(verb="export.fetch").count() == 1
    with pytest.raises(NotAllowed):
        export_fetch(actor=cast.actor("street"), public_id=export.public_id)
    with pytest.raises(NotFound):
        export_fetch(actor=cast.actor("worker_b"), public_id=export.public_id)
    clock_forward(timedelta(days=3))
    with pytest.raises(Expired):
        export_fetch(actor=actor, public_id=export.public_id)
    assert AuditRecord.objects.filter(verb="export.fetch").count() == 1


def test_files_go_when_their_time_is_over_the_record_stays(
    cast: Cast, clock: Any, django_capture_on_commit_callbacks: Any
) -> None:
    export, _lines = taken(cast.actor("worker"))
    path = ExportFile.objects.get(export=export).path
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep() == 0
        assert default_storage.exists(path)
        clock_forward(timedelta(days=3, minutes=1))
        assert sweep() == 1
    assert not default_storage.exists(path)
    assert ExportFile.objects.get(export=export).state == "removed"
    assert sweep() == 0


def test_a_visitors_file_goes_with_the_next_sweep(cast: Cast, clock: Any) -> None:
    taken(cast.actor("visitor"), listing="test-open")
    assert sweep() == 1


def test_only_the_machine_settles_and_sweeps(cast: Cast) -> None:
    export, _lines = taken(cast.actor("worker"))
    actor = cast.actor("operator")
    for call in (
        lambda: export_settle(actor=actor, export_id=export.pk, tells=False),
        lambda: export_progress(actor=actor, export_id=export.pk, done=1),
        lambda: exports_sweep(actor=actor),
    ):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(NotFound):
        export_queue(actor=actor, export_id=export.pk)


def test_a_long_list_is_written_by_the_worker_who_tells(cast: Cast, clock: Any, settings: Any) -> None:
    actor = cast.actor("street").with_areas((cast.places["committee_a_place"].path,))
    export = export_make(actor=actor, listing="test-units", format="xlsx")
    export_write.call(str(export.public_id))
    file = ExportFile.objects.get(export=export)
    assert (file.state, file.done, export.row_count) == ("ready", 2, 2)  # the area that was switched to
    notice = Notice.objects.get(kind="export.done")
    assert (notice.person, notice.title) == (cast.person("street"), "导出已完成：单位表")
    assert str(export.public_id) in notice.url
    export_write.call(str(export.public_id))  # a job that comes twice
    assert Notice.objects.filter(kind="export.done").count() == 1


def test_progress(cast: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.foundation.exports.tasks.PROGRESS_ROWS", 500)
    seen: list[int] = []
    step = export_progress
    monkeypatch.setattr(
        "linli.foundation.exports.tasks.export_progress",
        lambda **call: (step(**call), seen.append(ExportFile.objects.get(pk=call["export_id"]).percent)),
    )
    export = export_make(actor=cast.actor("street"), listing="test-open", format="csv", purpose="月报")
    export_run(export, cast.actor("street"))
    assert seen == [41, 83]


def test_who_has_lost_the_role_meanwhile_is_told_so(cast: Cast, clock: Any) -> None:
    actor = cast.actor("worker2")
    export = export_make(actor=actor, listing="test-units", format="csv")
    role_end(actor=cast.actor("worker"), role=cast.role("worker2"))
    with pytest.raises(NotAllowed):
        export_actor(export)
    export_write.call(str(export.public_id))
    file = ExportFile.objects.get(export=export)
    assert (file.state, file.error) == ("failed", "导出人的岗位已结束，没有继续生成。")
    assert Notice.objects.get(kind="export.done").title == "导出没有完成：单位表"


def test_a_fault_while_writing_leaves_a_word_and_no_file(
    cast: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> int:
        raise OSError("disk full")

    monkeypatch.setitem(WRITERS, "csv", broken)
    export = export_make(actor=cast.actor("street"), listing="test-units", format="csv")
    with pytest.raises(OSError, match="disk full"):
        export_run(export, cast.actor("street"))
    file = ExportFile.objects.get(export=export)
    assert (file.state, file.path) == ("failed", "")
    assert "disk" not in file.error


def test_work_that_stands_still_is_given_up(cast: Cast, clock: Any) -> None:
    export = export_make(actor=cast.actor("street"), listing="test-units", format="csv")
    clock_forward(timedelta(hours=2, minutes=1))
    exports_sweep(actor=WRITER)
    assert ExportFile.objects.get(export=export).state == "failed"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("worker", True),
        ("worker2", False),
        ("worker_b", False),
        ("street", True),
        ("street2", False),
        ("other_street", False),
        ("district", True),
        ("other_district", False),
        ("supervisor", True),
        ("operator", True),
        ("department", False),
        ("resident", False),
    ],
)
def test_who_sees_that_a_list_was_taken(cast: Cast, who: str, sees: bool) -> None:
    export, _lines = taken(cast.actor("worker"))
    assert (export in export_list(cast.actor(who))) is sees


def test_the_record_is_narrowed(cast: Cast, clock: Any) -> None:
    export, _lines = taken(cast.actor("worker"))
    actor = cast.actor("street")
    taken(actor)
    assert export_list(actor, whose="me").get() != export
    assert export_list(actor, whose="worker").get() == export
    assert export_list(actor, listing="exports").count() == 0
    assert export_list(actor, since=clock.date(), until=clock.date()).count() == 2
    assert export_list(actor, until=clock.date() - timedelta(days=1)).count() == 0
