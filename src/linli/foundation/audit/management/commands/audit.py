"""``linli audit``: seal, verify, anchor, show."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from linli.foundation.audit import tasks
from linli.foundation.audit.anchors import anchor_append, line_of
from linli.foundation.audit.models import AuditRecord, Seal
from linli.foundation.audit.signing import public_key
from linli.foundation.audit.verification import audit_verify


class Command(BaseCommand):
    """Seals the record, checks it, writes seals down outside."""

    help = "审计记录：封存 seal、核验 verify、锚定 anchor、查看 show"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the four acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("seal", help="封存还没有封存的记录，并写入锚定文件")
        verify = acts.add_parser("verify", help="核验全部记录和封存；有问题时退出码为 1")
        verify.add_argument("--anchor", type=Path, help="另存在外的锚定文件")
        anchor = acts.add_parser("anchor", help="把封存写入锚定文件（只增不改）")
        anchor.add_argument("--file", type=Path, help="锚定文件，默认见设置 LINLI_ANCHOR")
        acts.add_parser("show", help="查看条数、最近一次封存和验签公钥")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act that was named."""
        getattr(self, f"_{options['act']}")(options)

    def _seal(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"完成，新封存 {tasks.seal_rows()} 次。")

    def _anchor(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"完成，写入 {anchor_append(options['file'])} 行。")

    def _show(self, options: dict[str, Any]) -> None:
        last = Seal.objects.order_by("-number").first()
        sealed = Seal.objects.aggregate(rows=Count("rows"))["rows"]
        self.stdout.write(f"记录 {AuditRecord.objects.count()} 条，已封存 {sealed} 条")
        self.stdout.write(f"最近一次封存：{line_of(last) if last else '无'}")
        self.stdout.write(f"验签公钥（Ed25519）：{public_key()}")

    def _verify(self, options: dict[str, Any]) -> None:
        checked = audit_verify(options["anchor"])
        self.stdout.write(
            f"已核验：封存 {checked.seals} 次、其中记录 {checked.sealed_rows} 条，"
            f"未封存 {checked.tail_rows} 条，锚定 {checked.anchors} 行。"
        )
        for problem in checked.problems or ():
            self.stderr.write(f"✗ {problem}")
        if not checked.is_sound:
            raise CommandError(f"发现 {len(checked.problems or ())} 处问题。请保留现场，并联系审计人员。")
        self.stdout.write("✓ 没有发现改动。")
