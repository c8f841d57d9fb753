"""``linli synth people``: a made-up city as Parquet, as files of 一标三实, or in the registry."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.registers.residents.synth.assumptions import figures
from linli.registers.residents.synth.faults import WORDS
from linli.registers.residents.synth.registry import city_enter, outcome_words
from linli.registers.residents.synth.run import Order, city_make


def _date(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    """Make a city that does not exist."""

    help = "虚拟城市：生成并不存在的人、户、房屋（synth people --persons 人数 --to csv）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``people`` with a number, a seed and where to."""
        people = parser.add_subparsers(dest="action", required=True).add_parser("people", help="生成人口")
        people.add_argument("--persons", type=int, required=True, help="多少人")
        people.add_argument("--seed", type=int, default=1, help="种子：同一种子生成同样的内容")
        people.add_argument("--to", choices=["registry", "parquet", "csv"], required=True, help="写成什么")
        people.add_argument("--out", type=Path, help="写到哪个文件夹")
        people.add_argument("--area", default="", help="只生成这个区划（代码）里的人")
        people.add_argument("--compounds", type=Path, help="真实小区名单（CSV或.csv.gz），没有就用虚构的小区")
        people.add_argument(
            "--faults", type=float, default=0.0, help="故意写错的行占多少，如 0.01（只用于csv）"
        )
        people.add_argument("--long-facts", action="store_true", help="事实另写成一行一条（只用于parquet）")
        people.add_argument("--as-of", type=_date, default=figures("households")["as_of"], help="截至日期")
        people.add_argument("--sure", action="store_true", help="登记库里已有人也放进去（只用于registry）")
        people.add_argument("--processes", type=int, default=2, help="用几个进程")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say what came of it."""
        try:
            self._make(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}{refusal.hint}") from refusal
        except OSError as error:
            raise CommandError(
                f"写不了文件：{error.strerror}。接着再运行一次，做好的部分不会重做。"
            ) from error

    def _make(self, options: dict[str, Any]) -> None:
        order = Order(
            options["persons"], options["seed"], options["to"], options["as_of"], options["area"],
            options["compounds"], options["faults"], options["long_facts"],
        )  # fmt: skip
        if order.to == "registry":
            self._enter(order, options["sure"])
            return
        folder = options["out"] or Path(settings.HOME) / f"synth-{order.to}-{order.persons}-{order.seed}"
        faults = city_make(order, folder, processes=options["processes"], say=self.stdout.write)
        for fault, count in faults.items():
            self.stdout.write(f"  故意写错 {count} 行：{WORDS[fault]}")
        self.stdout.write(f"已生成 {order.persons:,} 个并不存在的人，在 {folder}。")

    def _enter(self, order: Order, sure: bool) -> None:
        counts = city_enter(order, actor=system("command"), say=self.stdout.write, sure=sure)
        self.stdout.write(f"已把 {order.persons:,} 个并不存在的人放进登记库：{outcome_words(counts)}。")
