"""``linli demo`` calls this to fill an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from linli.portal.demo.build import MATTERS, demo_build


class Command(BaseCommand):
    """Fill an empty database with the demo street."""

    help = "生成演示数据(空数据库)"

    def add_arguments(self, parser: CommandParser) -> None:
        """Let tests build a smaller street."""
        parser.add_argument("--matters", type=int, default=MATTERS, help="事项数量")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build and say how much there is."""
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA synchronous=OFF")  # a lost demo is built anew
        summary = demo_build(matters=options["matters"])
        self.stdout.write(summary)
