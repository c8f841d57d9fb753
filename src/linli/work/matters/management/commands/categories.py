"""``linli categories``: load the category tree of the package, or another edition from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.work.matters.services import categories_load


class Command(BaseCommand):
    """Load a version of the tree; older versions stay with the matters that have them."""

    help = "装入事项类别（默认用软件自带的一版）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an optional file."""
        parser.add_argument("file", nargs="?", type=Path, help="另一版类别（YAML）")

    def handle(self, *args: Any, file: Path | None = None, **options: Any) -> None:
        """Call the service and say what came of it."""
        content = yaml.safe_load(file.read_text(encoding="utf-8")) if file else None
        try:
            loaded = categories_load(actor=system("categories"), content=content)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}{refusal.hint}") from refusal
        self.stdout.write(f"已装入{len(loaded)}个类别（版本 {loaded[0].version}）。")
