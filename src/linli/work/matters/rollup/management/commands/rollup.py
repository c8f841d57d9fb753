"""``linli rollup``: the figures of matters made anew, brought up to date, or compared."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from linli.work.matters.rollup import tasks
from linli.work.matters.rollup.models import RollupState

HELP = {
    "rebuild": "从事项和办理经过重新算出全部统计（网站照常使用；中断后再运行或由后台接着算）",
    "follow": "把上次以后的变化算进统计（后台每分钟做一次）",
    "check": "逐件核对统计与事项是否一致，不一致的改正",
}


class Command(BaseCommand):
    """Rebuilds the roll-up from matters and their steps, or brings it up to date."""

    help = "统计：重算 rebuild、跟进 follow、核对 check"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of three actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        for name, words in HELP.items():
            actions.add_parser(name, help=words)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Act, and say what was done and how long it took."""
        began = time.monotonic()
        if action == "rebuild":
            tasks.rebuild(self._tell)
            said = "统计已全部重算"
        elif action == "follow":
            said = f"算进{tasks.follow()}步办理经过"
        else:
            said = f"核对完毕，改正{tasks.check()}件"
        self.stdout.write(f"{said}，用时{time.monotonic() - began:.1f}秒。")

    def _tell(self, state: RollupState) -> None:
        if state.stage:
            self.stdout.write(f"  {state.get_stage_display()}：算到{state.position}")
