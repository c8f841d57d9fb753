from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DutiesConfig(AppConfig):
    name = "linli.foundation.duties"
    label = "duties"
    verbose_name = "待办"

    def ready(self) -> None:
        """Name the table that carries consequences of other rooms' records; fill the calendar once."""
        from linli.core.service import sink_table

        sink_table("duties_duty")
        post_migrate.connect(_calendar_fill, sender=self)


def _calendar_fill(**_: Any) -> None:
    """Load the built-in years that the database lacks (set-up, not a business effect)."""
    from .tasks import calendar_fill

    calendar_fill()
