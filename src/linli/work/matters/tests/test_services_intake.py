"""How a matter comes in, what is refused, and that a refusal changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from linli.core import clock
from linli.core.actor import system
from linli.core.clock import BEIJING
from linli.core.errors import (
    Conflict,
    InvalidInput,
    KeyReused,
    NotAllowed,
    NotFound,
    Refusal,
    StaleVersion,
)
from linli.foundation.audit.models import AuditRecord
from linli.foundation.files.models import StoredFile
from linli.foundation.notices.models import Notice
from linli.foundation.places.selectors import Place, place_resolve
from linli.foundation.search.models import SearchDocument
from linli.work.matters import services as do
from linli.work.matters.models import Matter

from .life import TEXT, Life, category, compound_of, duties, place_of, told

Unchanged = Callable[[], None]


# -- report -----------------------------------------------------------------------
def test_a_report_leaves_its_record_duty_receipt_and_index(life: Life) -> None:
    matter = life.report()
    assert matter.state == "reported"
    assert matter.title == "三号楼门口的路灯不亮，晚上老人出门看不见路"
    assert (matter.number[:2], len(matter.number)) == ("26", 12)
    assert matter.reporter_id == life.cast.person("resident").pk
    assert duties(matter) == {("accept", "committee")}
    assert matter.due_at == datetime(2026, 3, 11, 17, 30, tzinfo=BEIJING)
    assert told(matter, life.cast.person("resident")) == ["report"]
    audit = AuditRecord.objects.get(verb="matter.report", subject_id=str(matter.public_id))
    assert audit.actor_key == life.who("resident").key
    grams = SearchDocument.objects.get(room="matters", subject_id=matter.pk).grams.split()
    assert {"路灯", "不亮", "号楼", matter.number} <= set(grams)


def test_a_report_takes_few_statements(life: Life) -> None:
    """Nine on SQLite; on PostgreSQL its consequences travel together, so five. One asks who is on duty."""
    life.report(request_key="warm")
    with CaptureQueriesContext(connection) as queries:
        life.report(request_key="pinned")
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    most = {"sqlite": 9, "postgresql": 5}[connection.vendor]
    assert len(statements) == most, "\n".join(statement[:90] for statement in statements)


def test_a_street_level_report_is_the_streets_duty(life: Life) -> None:
    matter = life.report(place=Place(life.cast.places["street_place"], "street"))
    assert duties(matter) == {("accept", "street")}


def test_a_double_click_stores_one_report(life: Life) -> None:
    first, second = life.report(request_key="k1"), life.report(request_key="k1")
    assert first.pk == second.pk
    with pytest.raises(KeyReused):
        life.report(request_key="k1", text="另一件事")


def test_photos_alone_are_enough(life: Life) -> None:
    photo = _photo(life)
    matter = life.report(text="", photos=[photo])
    assert matter.title == "照片反映"
    assert list(matter.photos.all()) == [photo]


def _photo(life: Life, **more: Any) -> StoredFile:
    said = {
        "uploaded_by": "x",
        "uploaded_at": clock.now(),
        "name": "a.jpg",
        "size": 1,
        "sha256": "0",
        "path": "a",
    }
    return StoredFile.objects.create(**{**said, "state": "ready", **more})


def test_html_and_rare_characters_are_kept_as_written(life: Life) -> None:
    text = "<script>alert(1)</script> 𠮷家楼下👩‍👩‍👧 \ue863 井盖翘起"
    matter = Matter.objects.get(pk=life.report(text=text).pk)
    assert matter.text == text


BAD: dict[str, tuple[Callable[[Life], dict[str, Any]], str]] = {
    "nothing said": (lambda life: {"text": ""}, "text"),
    "too long": (lambda life: {"text": "长" * 100_000}, "text"),
    "in the future": (lambda life: {"happened_at": clock.now() + timedelta(days=1)}, "happened_at"),
    "impossible": (lambda life: {"happened_at": datetime(1, 1, 2, tzinfo=BEIJING)}, "happened_at"),
    "address too long": (lambda life: {"address": "路" * 200}, "address"),
    "unknown channel": (lambda life: {"channel": "pigeon"}, "channel"),
    "import by hand": (lambda life: {"channel": "import"}, "channel"),
    "no telephone": (lambda life: {"reporter_phone": "12"}, "reporter_phone"),
    "refused photo": (lambda life: {"photos": [_photo(life, state="refused", refusal="不是照片")]}, "photos"),
    "seven photos": (lambda life: {"photos": [_photo(life) for _ in range(7)]}, "photos"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_in_chinese_and_changes_nothing(
    life: Life, unchanged: Unchanged, name: str
) -> None:
    make, where = BAD[name]
    arguments = make(life)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        life.report(**arguments)
    unchanged()
    assert where in refused.value.details
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(refused.value.details[where]))


def test_an_unknown_division_is_refused(life: Life) -> None:
    with pytest.raises(Refusal, match="没有"):
        place_resolve(committee="999999999999")


def test_a_place_outside_the_workers_area_is_refused(life: Life, unchanged: Unchanged) -> None:
    unchanged()
    with pytest.raises(InvalidInput, match="服务范围"):
        do.matter_report(
            actor=life.who("worker"),
            text=TEXT,
            place=place_of(life.cast, "committee_b_place"),
            on_behalf=True,
        )
    unchanged()


def test_a_year_without_calendar_makes_dates_provisional(life: Life) -> None:
    clock.clock_set(datetime(2031, 3, 10, 10, 0, tzinfo=BEIJING))
    matter = life.report()
    assert matter.due_is_provisional
    assert Notice.objects.get(url__contains=str(matter.public_id)).body.count("暂定") == 1


def test_residents_report_wherever_they_are(life: Life) -> None:
    assert life.report(place=place_of(life.cast, "other_committee_place")).place_code == "990101002001"


@pytest.mark.parametrize("name", ["district", "city", "department", "property", "supervisor", "operator"])
def test_who_does_not_report(life: Life, name: str) -> None:
    with pytest.raises(NotAllowed):
        do.matter_report(actor=life.who(name), text=TEXT, place=place_of(life.cast))


# -- at the door ----------------------------------------------------------------------
def test_who_takes_it_first_stays_named_until_it_closes(life: Life) -> None:
    matter = do.matter_report(
        actor=life.who("grid_worker"),
        text=TEXT,
        place=place_of(life.cast),
        channel="door",
        on_behalf=True,
        reporter_name="王阿姨",
        reporter_phone="139 0000 0001",
    )
    named = life.cast.person("grid_worker").pk
    assert matter.reporter_id == life.cast.person("resident").pk  # known by the telephone
    for act in (life.accept, life.sort, life.hand_over, life.sign, life.result, life.verify):
        assert act(matter).intake_by_id == named
        matter.refresh_from_db()
    assert matter.state == "closed"
    assert matter.intake_by_id == named


def test_whoever_accepts_a_web_report_is_named(life: Life) -> None:
    assert life.to_accepted().intake_by_id == life.cast.person("worker").pk


def test_residents_do_not_report_at_the_door(life: Life) -> None:
    with pytest.raises(NotAllowed):
        life.report(on_behalf=True)


def test_papers_are_taken_and_given_back_once(life: Life) -> None:
    matter = life.to_accepted()
    paper = do.document_receive(actor=life.who("worker"), matter_id=matter.pk, name="房产证复印件")
    assert told(matter, life.cast.person("resident"))[-1] == "document_receive"
    given = do.document_return(actor=life.who("worker2"), document_id=paper.pk, note="本人签收")
    assert (given.returned_by_id, given.note) == (life.cast.person("worker2").pk, "本人签收")
    with pytest.raises(Conflict, match="已经交还"):
        do.document_return(actor=life.who("worker"), document_id=paper.pk)
    with pytest.raises(NotFound):
        do.document_receive(actor=life.who("other_worker"), matter_id=matter.pk, name="x")


# -- accept, decline, withdraw ---------------------------------------------------------------------
def test_accepting_moves_the_duty_and_tells_the_reporter(life: Life) -> None:
    matter = life.to_accepted()
    assert duties(matter) == {("sort", "committee")}
    assert told(matter, life.cast.person("resident")) == ["report", "accept"]
    changed = AuditRecord.objects.get(verb="matter.accept", subject_id=str(matter.public_id)).changes
    assert {"state", "version", "accepted_at", "intake_by_id", "due_at"} <= set(changed)


def test_a_stale_version_is_told_who_did_what_and_when(life: Life, unchanged: Unchanged) -> None:
    matter = life.report()
    life.accept(matter)
    unchanged()
    with pytest.raises(StaleVersion) as refused:
        do.matter_accept(actor=life.who("worker2"), matter_id=matter.pk, version=1)
    unchanged()
    assert "桂花第一居委会已于3月10日(周二) 10:00受理" in refused.value.message
    assert refused.value.details["version"] == 2
    assert refused.value.details["yours"] == 1


def test_a_person_must_name_a_version(life: Life) -> None:
    matter = life.report()
    with pytest.raises(StaleVersion):
        do.matter_accept(actor=life.who("worker"), matter_id=matter.pk, version=None)


@pytest.mark.parametrize(
    ("reason", "where", "field"), [("", "12345", "reason"), ("不归我们", " ", "where_to_go")]
)
def test_declining_needs_a_reason_and_where_to_go(
    life: Life, unchanged: Unchanged, reason: str, where: str, field: str
) -> None:
    matter = life.report()
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        do.matter_decline(actor=life.who("worker"), **life.on(matter), reason=reason, where_to_go=where)
    unchanged()
    assert field in refused.value.details


def test_a_declined_reporter_reads_why_and_where(life: Life) -> None:
    matter = life.to_declined()
    body = Notice.objects.get(kind="matter.decline", url__contains=str(matter.public_id)).body
    assert "不属于本社区" in body
    assert "12345" in body
    assert duties(matter) == set()


def test_a_forged_id_of_another_committee_is_not_found(life: Life) -> None:
    matter = life.report()
    with pytest.raises(NotFound):
        do.matter_accept(actor=life.who("worker_b"), matter_id=matter.pk, version=1)


def test_the_sensitive_notice_says_nothing_but_the_number(life: Life) -> None:
    matter = life.report(text="丈夫家暴，求助")
    do.matter_decline(
        actor=life.who("worker"), **life.on(matter), reason="家暴请直接报警", where_to_go="派出所"
    )
    notes = Notice.objects.filter(person=life.cast.person("resident"), url__contains=str(matter.public_id))
    assert notes.count() == 2
    for note in notes:
        assert (note.title, note.body) == ("您有一条新消息", f"编号 {matter.number}，请登录查看。")


# -- merge ---------------------------------------------------------------------------------------------
def test_a_merged_reporter_is_told_everything_and_rates_their_own(life: Life) -> None:
    merged = life.to_merged()
    target = merged.merged_into
    resident, neighbour = life.cast.person("resident"), life.cast.person("neighbour")
    life.verify(life.result(life.sign(life.hand_over(life.accept(target)))))
    assert told(target, neighbour) == ["report", "accept", "hand_over", "sign", "result", "verify_pass"]
    assert told(merged, resident) == [
        "report",
        "merge",
        "accept",
        "hand_over",
        "sign",
        "result",
        "verify_pass",
    ]
    life.rate(merged, was_solved=False)
    life.rate(target, by="neighbour")
    assert [m.ratings.get().was_solved for m in (merged, target)] == [False, True]


def test_a_merged_matter_is_rated_only_once_its_target_has_closed(life: Life) -> None:
    with pytest.raises(Conflict, match="办结后"):
        life.rate(life.to_merged())


def test_merging_again_carries_the_earlier_ones_along(life: Life) -> None:
    first = life.to_merged()
    last = life.report(text="整条路的灯都不亮")
    do.matter_merge(actor=life.who("worker"), **life.on(first.merged_into), target_id=last.pk)
    first.refresh_from_db()
    assert first.merged_into_id == last.pk


def test_merging_out_of_handling_ends_the_units_part(life: Life) -> None:
    matter, target = life.to_signed(), life.report()
    do.matter_merge(actor=life.who("street"), **life.on(matter), target_id=target.pk)
    assert matter.assignments.get().ended_at is not None
    assert told(matter, life.cast.person("department"))[-1] == "merge"
    assert duties(matter) == set()


@pytest.mark.parametrize("target", ["itself", "closed", "other street"])
def test_what_cannot_be_merged_into(life: Life, unchanged: Unchanged, target: str) -> None:
    matter = life.report()
    targets = {
        "itself": lambda: matter,
        "closed": life.to_closed,
        "other street": lambda: life.report(place=place_of(life.cast, "other_committee_place")),
    }
    chosen = targets[target]()
    unchanged()
    with pytest.raises((InvalidInput, NotFound)):
        do.matter_merge(actor=life.who("worker"), **life.on(matter), target_id=chosen.pk)
    unchanged()


# -- place ---------------------------------------------------------------------------------------------
def test_setting_the_committee_moves_the_duty_there(life: Life) -> None:
    matter = life.report(place=Place(life.cast.places["street_place"], "street"))
    do.matter_place_set(
        actor=life.who("street"), **life.on(matter), place=place_of(life.cast), address="三号楼"
    )
    matter.refresh_from_db()
    assert matter.place_code == "990101001001"
    assert duties(matter) == {("accept", "committee")}
    life.accept(matter, by="worker")


def test_a_place_in_another_street_is_refused(life: Life, unchanged: Unchanged) -> None:
    matter = life.report()
    unchanged()
    with pytest.raises(InvalidInput, match="另一个街镇"):
        do.matter_place_set(
            actor=life.who("street"),
            **life.on(matter),
            place=place_of(life.cast, "other_committee_place"),
        )
    unchanged()


# -- categories, posters ---------------------------------------------------------------------------------
def test_the_tree_is_loaded_once_and_replaced_by_the_next_edition(life: Life) -> None:
    first = do.categories_load(actor=system("test"))
    assert sum(node.is_leaf for node in first) == 52
    before = AuditRecord.objects.count()
    do.categories_load(actor=system("test"))
    assert AuditRecord.objects.count() == before
    old = category("facility")
    do.categories_load(
        actor=system("test"),
        content={"version": "2027", "categories": [{"code": "facility", "name": "设施"}]},
    )
    old.refresh_from_db()
    assert not old.is_active
    with pytest.raises(NotAllowed):
        do.categories_load(actor=life.who("street"))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"code": "a"}],
        [{"code": "a", "name": "甲"}, {"code": "a", "name": "乙"}],
        [{"code": "a", "name": "甲", "parent": "z"}],
    ],
)
def test_a_bad_tree_is_refused_whole(life: Life, unchanged: Unchanged, rows: list[dict[str, str]]) -> None:
    unchanged()
    with pytest.raises(InvalidInput):
        do.categories_load(actor=system("test"), content={"version": "x", "categories": rows})
    unchanged()


def test_a_poster_stands_once_at_a_place(life: Life) -> None:
    compound = compound_of(life)
    poster = do.poster_create(actor=life.who("worker"), compound=compound)
    with pytest.raises(Conflict, match="已有海报"):
        do.poster_create(actor=life.who("street"), compound=compound)
    with pytest.raises(NotAllowed):
        do.poster_create(actor=life.who("worker_b"), compound=compound)
    do.poster_disable(actor=life.who("worker"), poster_id=poster.pk)
    assert do.poster_create(actor=life.who("worker"), compound=compound).code != poster.code


def test_a_client_supplied_id_is_kept(life: Life) -> None:
    wanted = uuid4()
    assert life.report(public_id=wanted).public_id == wanted


def test_a_deputy_acts_in_both_names(life: Life) -> None:
    deputy = replace(life.who("worker2"), deputy_for=life.cast.person("worker").pk)
    matter = life.report()
    do.matter_accept(actor=deputy, matter_id=matter.pk, version=1)
    event = matter.events.get(verb="accept")
    assert (event.person_id, event.deputy_for_id) == (
        life.cast.person("worker2").pk,
        life.cast.person("worker").pk,
    )


def test_what_is_written_down_is_chinese_whoever_acts(life: Life) -> None:
    with override("en"):
        matter = life.to("accepted")
    notice = Notice.objects.filter(person_id=matter.reporter_id).order_by("-id").first()
    assert notice is not None
    assert "受理" in notice.title
