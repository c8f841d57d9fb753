from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "linli.foundation.duties"
    label = "duties"
    verbose_name = "待办"

    def ready(self) -> None:
        """Name the tables that carry consequences of other rooms' records, and of time passing."""
        from linli.core.service import sink_table

        sink_table("duties_duty", "duties_dutystep", "duties_ladderclock")
