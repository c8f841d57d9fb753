"""``linli categories``: load the 权责清单 of the package, or another edition from a file."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.work.matters.catalog.reading import edition_content
from linli.work.matters.services import categories_load


class Command(BaseCommand):
    """Load an edition of the tree; older editions stay with the matters that have them."""

    help = "装入事项类别和权责清单（默认用软件自带的一版）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an optional file, and what a table does not say by itself."""
        parser.add_argument("file", nargs="?", type=Path, help="另一版：.yaml、.xlsx、.xls或.csv")
        parser.add_argument("--edition", default="", help="版本号（表格必填，例如 2027-01）")
        parser.add_argument("--title", default="", help="这一版的名称")
        parser.add_argument("--source", default="", help="这一版的依据")

    def handle(self, *args: Any, file: Path | None = None, **options: Any) -> None:
        """Call the service and say what came of it."""
        try:
            content = self._content(file, options) if file else None
            loaded = categories_load(actor=system("categories"), content=content)
        except Refusal as refusal:
            rows = refusal.details.get("rows") or refusal.details.values()
            raise CommandError("\n".join([refusal.message, *map(str, rows), refusal.hint])) from refusal
        leaves = sum(node.is_leaf for node in loaded)
        self.stdout.write(f"已装入{leaves}个类别，共{len(loaded)}个节点（版本 {loaded[0].version}）。")

    def _content(self, file: Path, options: Mapping[str, Any]) -> Mapping[str, Any]:
        if file.suffix.lower() in (".yaml", ".yml"):
            content: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
            return content
        named = {"version": options["edition"], "title": options["title"], "source": options["source"]}
        return edition_content(file.read_bytes(), named)
