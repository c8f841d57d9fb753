from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "linli.foundation.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """Name the tables that carry consequences of other rooms' records, and this room's codes."""
        from linli.core.service import sink_table
        from linli.foundation.audit.words import verb_words_add

        from .words import VERBS

        sink_table("notices_notice", "notices_delivery")
        verb_words_add(VERBS)
