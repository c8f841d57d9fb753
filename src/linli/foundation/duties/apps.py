from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "linli.foundation.duties"
    label = "duties"
    verbose_name = "待办"

    def ready(self) -> None:
        """Name the table that carries consequences of other rooms' records."""
        from linli.core.service import sink_table

        sink_table("duties_duty")
