"""``linli places``: load compounds from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.core.geometry import Datum

from ...compoundfile import CompoundFile, compounds_read
from ...outlines import corrections_read
from ...selectors import division_by_code
from ...services import CompoundsResult, compounds_load
from .boundaries import CORRECTIONS

SHOWN = 20


class Command(BaseCommand):
    """Places: load-compounds."""

    help = "地点：装入小区文件（CSV，可压缩为 .gz）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what can be done."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="load-compounds")
        load = verbs.add_parser("load-compounds", help="装入小区；同一份文件再装一次不改变任何内容")
        load.add_argument(
            "file",
            type=Path,
            help="列名：name、lng、lat、district、street、code、address、built、housing_type",
        )
        load.add_argument("--datum", choices=[datum.value for datum in Datum], default=Datum.WGS84.value)
        load.add_argument("--within", default="", help="区划代码：只在这个省、市或区里找街镇")
        load.add_argument("--source", default="", help="来源；默认为文件名")
        load.add_argument("--corrections", type=Path, default=CORRECTIONS, help="街镇名称更正表")

    def handle(self, *, verb: str, **options: Any) -> None:
        """Do it; a refusal becomes one plain sentence and exit code 1."""
        try:
            batch = compounds_read(options["file"], options["source"], Datum(options["datum"]))
            done = compounds_load(
                actor=system("places"),
                batch=batch,
                within=division_by_code(options["within"]).path if options["within"] else "",
                corrections=corrections_read(options["corrections"]),
            )
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}\n{refusal.hint}") from refusal
        self._say(batch, done)

    def _say(self, batch: CompoundFile, done: CompoundsResult) -> None:
        self.stdout.write(
            f"小区：读到 {len(batch.rows):,}，新增 {done.added:,}，补充 {done.changed:,}，"
            f"不变 {done.same:,}；没有街镇、等待确认 {done.waiting:,}（其中新的 {done.unplaced:,}）。"
        )
        if done.waiting:
            self.stdout.write("请在“设置 › 区划与地址 › 待确认街镇”里处理，或补上街镇后重新装入。")
        for label, names in (
            ("文件里重复的行", [str(done.repeated)] if done.repeated else []),
            ("同一街镇同名、已加区分", done.renamed),
            ("与登记不同、以登记为准", done.differs),
            ("没有读入", batch.faults),
        ):
            if names:
                more = f"……共 {len(names):,} 个" if len(names) > SHOWN else ""
                self.stdout.write(f"{label}：{'、'.join(names[:SHOWN])}{more}")
