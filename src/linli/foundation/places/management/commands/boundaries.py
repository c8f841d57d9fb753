"""``linli boundaries``: load outlines from GeoJSON, or build the schematic map that ships with Linli."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.core.geometry import Datum

from ... import edition, schematic
from ...boundarybatch import BoundaryBatch
from ...models import Level
from ...outlines import corrections_read, features_read
from ...services import boundary_load_batch

CORRECTIONS = Path(schematic.SHANGHAI).parent / "boundary_corrections.yaml"


class Command(BaseCommand):
    """Boundaries: load, build-schematic."""

    help = "边界：装入 GeoJSON（WGS-84、GCJ-02、BD-09）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the two things that can be done."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="load|build-schematic")
        load = verbs.add_parser("load", help="装入边界文件，替换示意图")
        load.add_argument(
            "file", type=Path, help="GeoJSON（可压缩为 .gz），要素写明 code 或 name 和 district"
        )
        load.add_argument("--datum", choices=[datum.value for datum in Datum], default=Datum.WGS84.value)
        load.add_argument("--datum-sure", action="store_true", help="坐标系已核对，不再检查")
        load.add_argument("--level", choices=["county", "street", "committee"], default="street")
        load.add_argument("--code-field", default="code", help="写区划代码的属性名")
        load.add_argument("--corrections", type=Path, default=CORRECTIONS, help="更正表（YAML 或 CSV）")
        load.add_argument("--source", default="", help="来源，显示在地图下方；默认为文件名")
        build = verbs.add_parser("build-schematic", help="从 npm 包 echarts 4.9.0 生成自带的示意图")
        build.add_argument("--package", type=Path, required=True, help="解开的 package 文件夹")
        build.add_argument("--to", type=Path, default=schematic.SHANGHAI, help="写到哪里")

    def handle(self, *, verb: str, **options: Any) -> None:
        """Do one of them; a refusal becomes one plain sentence and exit code 1."""
        try:
            getattr(self, f"_{verb.replace('-', '_')}")(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}\n{refusal.hint}") from refusal

    def _load(self, options: dict[str, Any]) -> None:
        batch = BoundaryBatch(
            features=features_read(options["file"], options["code_field"]),
            source=options["source"] or options["file"].name,
            level=Level[options["level"].upper()],
            datum=Datum(options["datum"]),
            corrections=corrections_read(options["corrections"]),
            is_datum_sure=options["datum_sure"],
        )
        done = boundary_load_batch(actor=system("boundaries"), batch=batch)
        self.stdout.write(
            f"边界：装入 {done.loaded}，不变 {done.same}，替换下的示意格子 {done.schematic_removed}。"
        )
        if done.unbounded:
            shown = "、".join(done.unbounded[:30]) + ("……" if len(done.unbounded) > 30 else "")
            self.stdout.write(f"还没有边界的 {len(done.unbounded):,} 个：{shown}")

    def _build_schematic(self, options: dict[str, Any]) -> None:
        rows = edition.edition_read(edition.SHANGHAI).rows
        districts = schematic.district_outlines(options["package"])
        built = schematic.schematic_build(districts, {row.code: row.name for row in rows})
        schematic.schematic_write(built, options["to"])
        self.stdout.write(f"已写入 {options['to']}：{len(built)} 个示意边界。")
