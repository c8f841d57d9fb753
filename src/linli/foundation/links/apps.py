from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "linli.foundation.links"
    label = "links"
    verbose_name = "关联"

    def ready(self) -> None:
        """Name the tables that carry consequences of other rooms' records."""
        from linli.core.service import sink_table

        sink_table("links_link")
