from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "linli.registers.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        """Search tokens are a consequence of what a person holds, not a record."""
        from linli.core.service import sink_table

        sink_table("residents_searchtoken")
