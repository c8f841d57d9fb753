"""Editions: loaded, drafted, published for a day, begun on it; the row that applied on a matter's day."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.catalog.reading import content_read, edition_content
from linli.work.matters.catalog.rules import Row
from linli.work.matters.catalog.selectors import (
    clock_of,
    duty_row_of,
    editions_compare,
    leaves_found,
    row_words,
    rows_of,
    tree_of,
    under,
)
from linli.work.matters.models import Category, CategoryEdition
from linli.work.matters.selectors import MatterFilters
from linli.work.matters.tasks import begin_editions

from .life import Life, category

Unchanged = Callable[[], None]
LOADER = system("test")
ROWS = [
    Row(("市容", "违建", "正在搭建"), 1, "building_going_on", "major", "规资", source="新办法"),
    Row(("市容", "违建", "违法搭建"), 2, "illegal_build", "major", "城管", source="新办法"),
    Row(("小区", "电梯"), 3, affair_class="minor", unit_kind="物业"),
]


def draft(life: Life, version: str = "2027-01", rows: list[Row] | None = None) -> CategoryEdition:
    return do.edition_draft(actor=life.who("city"), version=version, rows=ROWS if rows is None else rows)


# -- the package ------------------------------------------------------------------
def test_the_package_holds_the_forty_rows_with_sources_and_marks(life: Life) -> None:
    category("facility")
    leaves = selectors.category_list()
    finer = [leaf for leaf in leaves if leaf.guidance]
    assert len(finer) == 40
    assert all(leaf.source and leaf.mark and leaf.unit_kind and leaf.default_class for leaf in leaves)
    assert all(
        limit["mark"] and (limit["source"] or limit["mark"] == "✘") for leaf in finer for limit in leaf.limits
    )
    assert sum(bool(leaf.questions) for leaf in finer) >= 20
    assert {leaf.mark for leaf in leaves} == {"✔", "○", "✘"}


def test_old_codes_stay_valid_and_stand_in_the_tree(life: Life) -> None:
    assert category("illegal_build").path == "市容/违建/违法搭建"
    assert category("building_going_on").parent == category("illegal_build").parent
    assert Category.objects.get(path="市容").depth == 1
    assert Category.objects.get(path="权益").is_never_public


def test_the_tree_of_three_levels_is_loaded_by_path(life: Life, shared_data: Path) -> None:
    file = shared_data / "messages" / "labels_3level.csv"
    content = edition_content(file.read_bytes(), {"version": "labels"})
    loaded = do.categories_load(actor=LOADER, content=content)
    by_depth = [sum(node.depth == depth for node in loaded) for depth in (1, 2, 3)]
    assert by_depth == [15, 118, 517]
    assert len({node.path for node in loaded}) == len(loaded) == len({node.code for node in loaded})
    assert sum(node.is_leaf for node in loaded) == 517
    assert all(node.parent is None or node.path.startswith(f"{node.parent.path}/") for node in loaded)
    before = AuditRecord.objects.count()
    do.categories_load(actor=LOADER, content=content)
    assert AuditRecord.objects.count() == before


def test_another_content_under_a_loaded_version_is_refused(life: Life, unchanged: Unchanged) -> None:
    category("facility")
    unchanged()
    with pytest.raises(InvalidInput, match="已经装入过"):
        do.categories_load(actor=LOADER, content={"version": "2026-11-26", "rows": [{"path": "市容>路灯"}]})
    unchanged()


def test_the_command_loads_a_table_and_says_every_fault(life: Life, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("一级,二级,主责,时限\n市容,路灯,市政,5个工作日\n", encoding="utf-8")
    bad.write_text("一级,二级,主责\n市容,路灯,市政\n市容,路灯,城管\n", encoding="utf-8")
    call_command("categories", str(good), "--edition", "2027")
    assert duty_row_of(Category.objects.get(path="市容/路灯"), on=clock.today()).unit_kind == "市政"  # type: ignore[union-attr]
    with pytest.raises(CommandError, match="第2行和第3行都是"):
        call_command("categories", str(bad), "--edition", "2028")
    with pytest.raises(CommandError, match="请写版本号"):
        call_command("categories", str(good))
    assert not Category.objects.filter(version="2028").exists()


def test_a_table_without_categories_is_refused() -> None:
    with pytest.raises(InvalidInput, match="没有找到类别的列"):
        edition_content("主责,时限\n城管,5天\n".encode(), {})
    with pytest.raises(InvalidInput):
        edition_content(b"%PDF-1.4 ...", {})


def test_cells_that_cannot_be_read_are_named_by_row_and_column() -> None:
    content = edition_content("路径,时限,不得公开\n甲>乙,5个星期,\n甲>丙,,也许\n".encode(), {})
    assert content_read(content)[1] == [
        "第2行：“时限”里的“5个星期”看不懂，写法见模板的填写说明。",
        "第3行：“不得公开”里的“也许”看不懂，写法见模板的填写说明。",
    ]


# -- drafted, published, begun ------------------------------------------------------
def test_a_draft_offers_nothing_until_it_is_published(life: Life) -> None:
    category("facility")
    edition = draft(life)
    assert edition.leaves == 3
    assert not Category.objects.filter(version="2027-01").exists()
    do.edition_publish(actor=life.who("city"), edition_id=edition.pk, starts_on=clock.today())
    assert [leaf.code for leaf in selectors.category_list()][:2] == ["building_going_on", "illegal_build"]
    assert not Category.objects.get(code="facility", version="2026-11-26").is_active


def test_an_edition_begins_on_its_day(life: Life) -> None:
    category("facility")
    begins = clock.today() + timedelta(days=10)
    edition = draft(life)
    do.edition_publish(actor=life.who("city"), edition_id=edition.pk, starts_on=begins)
    assert do.editions_begin(actor=LOADER) == 0
    assert category("facility").is_active
    with clock.clock_at(clock.local_midnight(begins)):
        assert begin_editions() > 0
        assert do.editions_begin(actor=LOADER) == 0
        assert len(selectors.category_list()) == 3


def test_the_row_of_the_matters_day_applies(life: Life) -> None:
    old = category("building_going_on")
    edition = draft(life)
    begins = clock.today() + timedelta(days=10)
    do.edition_publish(actor=life.who("city"), edition_id=edition.pk, starts_on=begins)
    new = Category.objects.get(version="2027-01", code="building_going_on")
    before, after = clock.today(), begins + timedelta(days=1)
    for given in (old, new):
        assert duty_row_of(given, on=before).unit_kind == "城管"  # type: ignore[union-attr]
        assert duty_row_of(given, on=after).unit_kind == "规资"  # type: ignore[union-attr]
    gone = duty_row_of(Category.objects.get(code="manhole"), on=after)
    assert gone is not None
    assert (gone.version, gone.unit_kind) == ("2026-11-26", "权属单位")
    assert duty_row_of(old, on=date(1999, 1, 1)).unit_kind == "城管"  # type: ignore[union-attr]
    assert duty_row_of(None, on=before) is None


@pytest.mark.parametrize("who", ["street", "district", "department", "worker", "supervisor"])
def test_others_do_not_touch_the_list(life: Life, unchanged: Unchanged, who: str) -> None:
    edition = draft(life)
    unchanged()
    with pytest.raises(NotAllowed):
        do.edition_draft(actor=life.who(who), version="x", rows=ROWS)
    with pytest.raises(NotAllowed):
        do.edition_publish(actor=life.who(who), edition_id=edition.pk, starts_on=clock.today())
    with pytest.raises(NotAllowed):
        do.edition_drop(actor=life.who(who), edition_id=edition.pk)
    with pytest.raises(NotAllowed):
        do.editions_begin(actor=life.who(who))
    unchanged()


def test_refusals_change_nothing(life: Life, unchanged: Unchanged) -> None:
    category("facility")
    edition, other = draft(life), draft(life, "2027-02")
    later = clock.today() + timedelta(days=5)
    do.edition_publish(actor=life.who("city"), edition_id=other.pk, starts_on=later)
    unchanged()
    with pytest.raises(InvalidInput) as taken:
        draft(life)
    assert "已经有版本2027-01" in taken.value.details["version"]
    with pytest.raises(InvalidInput):
        draft(life, " ")
    contradicting = [ROWS[0], Row(ROWS[0].path, 2, unit_kind="城管")]
    with pytest.raises(InvalidInput) as refused:
        draft(life, "2027-03", contradicting)
    assert len(refused.value.details["rows"]) == 1
    for day in (clock.today() - timedelta(days=1), later):
        with pytest.raises(InvalidInput):
            do.edition_publish(actor=life.who("city"), edition_id=edition.pk, starts_on=day)
    with pytest.raises(Conflict):
        do.edition_drop(actor=life.who("city"), edition_id=other.pk)
    with pytest.raises(Conflict):
        do.edition_publish(actor=life.who("city"), edition_id=other.pk, starts_on=clock.today())
    with pytest.raises(NotFound):
        do.edition_drop(actor=life.who("city"), edition_id=0)
    unchanged()


def test_a_draft_is_thrown_away(life: Life) -> None:
    edition = draft(life)
    assert do.edition_drop(actor=life.who("operator"), edition_id=edition.pk) == "2027-01"
    assert not CategoryEdition.objects.filter(version="2027-01").exists()


# -- reads ------------------------------------------------------------------------
def test_what_is_taken_away_is_read_again_as_the_same(life: Life) -> None:
    category("facility")
    edition = CategoryEdition.objects.get(version="2026-11-26")
    rows = rows_of(edition)
    content = {"rows": [{"path": " > ".join(row.path), **row_words(row)} for row in rows]}
    again, faults = content_read(content)
    assert faults == []
    assert [(row.path, row_words(row)) for row in again] == [(row.path, row_words(row)) for row in rows]


def test_editions_are_compared(life: Life) -> None:
    category("facility")
    package, edition = CategoryEdition.objects.get(version="2026-11-26"), draft(life)
    found = {row.path: row for row in editions_compare(package, edition)}
    assert found["小区 › 电梯"].kind == "new"
    assert found["设施 › 井盖 › 缺损"].kind == "gone"
    assert ("主责", "城管", "规资") in found["市容 › 违建 › 正在搭建"].what


def test_leaves_are_found_by_name_path_and_keyword(life: Life) -> None:
    category("facility")
    assert leaves_found("困人")[0].code == "lift_trapped"
    assert {leaf.code for leaf in leaves_found("养犬")} >= {"dogs"}
    assert leaves_found("井盖没了")[0].code == "manhole"
    assert leaves_found(" ") == leaves_found("查无此类") == []


def test_the_tree_nests_and_counts_its_leaves(life: Life) -> None:
    category("facility")
    tree = tree_of("2026-11-26")
    assert [node.category.name for node in tree][:4] == ["市容", "设施", "物业", "安全"]
    assert sum(node.leaves for node in tree) == 52


def test_a_list_narrowed_by_a_node_holds_what_is_below_it(life: Life) -> None:
    fine, coarse = category("building_going_on"), category("illegal_build")
    for kind in (fine, coarse, category("manhole")):
        life.report(category=kind)
    wanted = MatterFilters(category=Category.objects.get(path="市容/违建").code)
    found = {matter.category for matter in selectors.matter_list(life.who("street"), filters=wanted)}
    assert found == {fine, coarse}
    assert under("nothing") == {}


def test_the_limit_of_the_row_is_the_matters_clock(life: Life) -> None:
    matter = life.report(category=category("dogs"))
    life.accept(matter)
    matter.refresh_from_db()
    own = clock_of("handle", matter.category, affair_class="major", on=clock.today())
    assert (own.limit.amount, own.mark) == (5, "○")
    assert "静安区" in own.limit.source
    lift = clock_of("attend", category("lift_trapped"), on=clock.today())
    assert (lift.limit.amount, str(lift.limit.unit), lift.mark) == (30, "minute", "✘")
    usual = clock_of("handle", category("civic"), on=clock.today())
    assert usual.limit.amount == 1
