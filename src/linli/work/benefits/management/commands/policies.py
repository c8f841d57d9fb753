"""``linli policies``: put in the policies and figures that come with the software."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.foundation.places.selectors import division_by_code
from linli.work.benefits.authoring.services.shipping import policies_ship


class Command(BaseCommand):
    """Put in what comes with the software; again after an upgrade adds only what is new."""

    help = "装入随软件提供的惠民政策和标准（装过的不会重复，本市自己写的不会改动）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the city's code."""
        parser.add_argument("--area", default="31", help="市的区划代码（默认31，上海市）")

    def handle(self, *args: Any, area: str = "31", **options: Any) -> None:
        """Call the service and say what came of it."""
        try:
            place = division_by_code(area)
            versions, figures = policies_ship(actor=system("policies"), place=place)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}{refusal.hint}") from refusal
        self.stdout.write(f"已装入{versions}个政策版本、{figures}个标准的数值（{place.name}）。")
