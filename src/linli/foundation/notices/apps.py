from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "linli.foundation.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """Name the tables that carry consequences of other rooms' records."""
        from linli.core.service import sink_table

        sink_table("notices_notice", "notices_delivery")
