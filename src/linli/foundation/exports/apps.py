from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "linli.foundation.exports"
    label = "exports"
    verbose_name = "导出"

    def ready(self) -> None:
        """Let every room declare its lists, and name the table that carries the work on an export."""
        from django.utils.module_loading import autodiscover_modules

        from linli.core.service import sink_table

        sink_table("exports_exportfile")
        autodiscover_modules("listings")
