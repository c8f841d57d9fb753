from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "linli.foundation.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        """Name the tables that carry consequences of other rooms' records."""
        from linli.core.service import sink_table

        sink_table("search_searchdocument")
