from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "linli.foundation.imports"
    label = "imports"
    verbose_name = "导入"

    def ready(self) -> None:
        """Name the table that carries a job's heartbeat, and what this room's codes are called."""
        from linli.core.service import sink_table
        from linli.foundation.audit.words import verb_words_add

        from .words import VERBS

        sink_table("imports_importprogress", "imports_previewpage")  # the second is derived, masked, and goes
        verb_words_add(VERBS)
