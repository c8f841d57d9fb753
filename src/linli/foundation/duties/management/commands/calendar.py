"""``linli calendar``: load a year, show one, check what is missing."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.foundation.duties.builtin import builtin_days, builtin_source, builtin_years
from linli.foundation.duties.calendarfile import calendar_read
from linli.foundation.duties.selectors import calendar_gaps, calendar_years
from linli.foundation.duties.services import calendar_load

LOADER = system("calendar")


class Command(BaseCommand):
    """Keeps the holidays that clocks run over."""

    help = "节假日与调休：装入（load）、查看（show）、检查（check）"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the three acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        load = acts.add_parser("load", help="装入一年的安排（CSV 或 JSON），或软件自带的各年")
        load.add_argument("file", nargs="?", type=Path, help="文件：日期,类型,名称；类型写“休”或“班”")
        load.add_argument("--source", default="", help="依据：通知的名称和文号")
        load.add_argument("--builtin", action="store_true", help="把软件自带的各年写入数据库")
        show = acts.add_parser("show", help="查看一年")
        show.add_argument("year", type=int)
        acts.add_parser("check", help="检查今年（11月起也检查明年）是否已装入；缺少时退出码为 1")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act that was named."""
        try:
            getattr(self, f"_{options['act']}")(options)
        except Refusal as refusal:
            details = "；".join(str(words) for words in refusal.details.values())
            raise CommandError(f"{refusal.message}{details} {refusal.hint}") from refusal

    def _load(self, options: dict[str, Any]) -> None:
        if options["builtin"]:
            for year in builtin_years():
                calendar_load(actor=LOADER, year=year, source=builtin_source(year), days=builtin_days(year))
                self.stdout.write(f"已装入{year}年。")
            return
        path: Path | None = options["file"]
        if path is None or not path.is_file():
            raise CommandError("请给出文件，或用 --builtin。")
        year, days = calendar_read(path.read_bytes())
        calendar_load(actor=LOADER, year=year, source=options["source"] or path.name, days=days)
        self.stdout.write(f"已装入{year}年，{len(days)}天。")

    def _show(self, options: dict[str, Any]) -> None:
        known = {year.year: year for year in calendar_years()}
        if options["year"] not in known:
            raise CommandError(f"{options['year']}年的安排没有装入，经过这一年的时限为暂定。")
        year = known[options["year"]]
        self.stdout.write(f"{year.year}年  依据：{year.source}")
        for span in year.off:
            self.stdout.write(f"  休 {span.first} – {span.last}  {span.name}（{span.length}天）")
        for day in year.worked:
            self.stdout.write(f"  班 {day.on}  {day.name}")

    def _check(self, options: dict[str, Any]) -> None:
        if gaps := calendar_gaps():
            raise CommandError(f"{'、'.join(str(year) for year in gaps)}年的节假日安排还没有装入。")
        self.stdout.write("✓ 没有缺少的年份。")
