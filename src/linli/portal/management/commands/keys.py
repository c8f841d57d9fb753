"""``linli keys``: how the keys stand, a new one, everything renewed under it, an old one taken out."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.crypto import key_ring
from linli.core.errors import Refusal
from linli.foundation.keys.models import KeyRun
from linli.foundation.keys.renewing import places
from linli.foundation.keys.selectors import key_lines, runs_open
from linli.foundation.keys.services import key_renewal_begin, key_retire
from linli.foundation.keys.tasks import renew
from linli.foundation.keys.trying import unreadable
from linli.registers.residents.tasks import tokens_renew

ACTOR = system("keys")
SLICE = 10.0  # seconds between two lines of progress
HELP = {
    "status": "有哪些密钥、正在用哪个、各有多少行资料，换密钥做到哪里",
    "new": "启用一个新密钥；旧资料由后台作业或 rotate 换用新密钥",
    "rotate": "把还用旧密钥加密的资料全部换用新密钥（网站照常使用，可以中断再来）",
    "check": "试着打开每一行加密的资料，说出打不开的",
    "retoken": "启用新的检索密钥并重建全部检索码",
}


class Command(BaseCommand):
    """Handles the key ring and what stands under it; shows keys and counts, never a value."""

    help = "密钥：查看 status、启用 new、换用 rotate、核对 check、停用 retire、重建检索码 retoken"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        for name, words in HELP.items():
            acts.add_parser(name, help=words)
        retire = acts.add_parser("retire", help="停用一个旧密钥；还有资料用它时拒绝")
        retire.add_argument("name", help="如 data-1")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act that was named; a refusal is said in words."""
        try:
            getattr(self, f"_{options['act']}")(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}{refusal.hint}") from refusal

    def _status(self, options: dict[str, Any]) -> None:
        ring = key_ring()
        self.stdout.write(f"密钥文件夹 {ring.folder}，新资料用 {ring.cipher.upper()} 加密")
        for line in key_lines():
            marks = ("现在使用" if line.is_current else "") + ("" if line.is_there else "缺失！")
            self.stdout.write(f"  {line.name:<10}{line.rows:>12,} 行  {marks}")
        self.stdout.write(f"  检索密钥 {'、'.join(ring.token_keys())}")
        for run in runs_open():
            self.stdout.write(f"正在进行：{run.get_kind_display()} → {run.key}，已完成 {run.done:,} 行")

    def _new(self, options: dict[str, Any]) -> None:
        run = key_renewal_begin(actor=ACTOR)
        self.stdout.write(f"已启用 {run.key}。请现在就另存密钥（linli backup … --keys 文件夹）。")
        self.stdout.write("旧资料由后台作业逐步换用新密钥，也可以运行 linli keys rotate 立刻做完。")

    def _rotate(self, options: dict[str, Any]) -> None:
        if not runs_open().filter(kind=KeyRun.Kind.DATA).exists():
            key_renewal_begin(actor=ACTOR, with_new_key=False)
        self._through(KeyRun.Kind.DATA, renew)

    def _retoken(self, options: dict[str, Any]) -> None:
        if not runs_open().filter(kind=KeyRun.Kind.TOKENS).exists():
            key_renewal_begin(actor=ACTOR, kind=KeyRun.Kind.TOKENS)
        self._through(KeyRun.Kind.TOKENS, tokens_renew)

    def _through(self, kind: str, work: Any) -> None:
        began = time.monotonic()
        while run := runs_open().filter(kind=kind).first():
            work(SLICE)
            run.refresh_from_db()
            seconds = max(time.monotonic() - began, 0.001)
            self.stdout.write(f"已完成 {run.done:,} 行，每秒 {run.done / seconds:,.0f} 行")
        self.stdout.write("✓ 做完了。")

    def _check(self, options: dict[str, Any]) -> None:
        bad = 0
        for place, column in places().items():
            for key, why in unreadable(column):
                bad += 1
                self.stderr.write(f"✗ {place} {key}：{why}")
        if bad:
            raise CommandError(f"有 {bad} 行打不开。请从备份放回缺少的密钥；被改动的行要从备份恢复。")
        self.stdout.write("✓ 每一行都打得开。")

    def _retire(self, options: dict[str, Any]) -> None:
        became = key_retire(actor=ACTOR, name=options["name"])
        self.stdout.write(
            f"已停用，文件改名为 {became}。还要读旧的数据库备份就留着它；不再需要时连同备份一起销毁。"
        )
