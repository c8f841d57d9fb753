from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    name = "linli.foundation.lists"
    label = "lists"
    verbose_name = "列表"

    def ready(self) -> None:
        """Name what this room records."""
        from linli.foundation.audit.words import verb_words_add

        verb_words_add(
            {
                "view.save": _("保存视图"),
                "view.change": _("修改视图"),
                "view.remove": _("删除视图"),
                "view.open_with": _("设置列表先用的视图"),
            }
        )
