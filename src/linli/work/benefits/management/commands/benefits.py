"""``linli benefits``: today's snapshot of the registry, the policies over everybody, and what comes of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from linli.core.errors import Refusal
from linli.work.benefits.models import Run
from linli.work.benefits.outreach import tasks
from linli.work.benefits.running.force import MACHINE
from linli.work.benefits.running.selectors import run_waiting
from linli.work.benefits.running.services import run_ask
from linli.work.benefits.running.tasks import snapshot_now


class Command(BaseCommand):
    """Does now what the worker does at night; broken off, the same command goes on."""

    help = "政策找人：做当天的快照 snapshot、匹配全部居民并派出线索 run（中断后再运行，从断的地方接着算）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of two actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("snapshot", help="只做当天的登记快照，供随后的匹配使用")
        run = actions.add_parser("run", help="按在用的政策匹配全部居民；有没做完的先接着做完")
        run.add_argument(
            "--policy", action="append", default=[], metavar="代号", help="只算这一项，可以写几次"
        )

    def handle(self, *args: Any, action: str, policy: list[str] | None = None, **options: Any) -> None:
        """Act, telling how far it is; what the services refuse is said in their words."""
        try:
            said = self._snapshot() if action == "snapshot" else self._run(policy or [])
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}{refusal.hint}") from refusal
        self.stdout.write(said)

    def _snapshot(self) -> str:
        row = snapshot_now(self._tell)
        return f"快照已做好：{row.day.isoformat()}，{row.persons}人、{row.households}户，{row.size}字节。"

    def _run(self, policies: list[str]) -> str:
        waiting = None if policies else run_waiting()
        if waiting is not None:
            self._tell(f"接着做{waiting.as_of.isoformat()}没有做完的匹配")
        else:
            run_ask(actor=MACHINE, policies=policies)
        found = tasks.follow_told(self._tell)
        if found is None:
            return "这次匹配已被取消，没有结果。"
        run, taken = found
        return self._said(run, taken.made)

    def _said(self, run: Run, leads: int) -> str:
        total = run.counts.aggregate(eligible=Sum("eligible"), unknown=Sum("unknown"))
        numbers = f"符合{total['eligible'] or 0}、待核{total['unknown'] or 0}"
        return f"匹配已完成（{run.as_of.isoformat()}）：{numbers}；新线索{leads}条，批次已派出。"

    def _tell(self, words: str) -> None:
        self.stdout.write(f"  {words}")
