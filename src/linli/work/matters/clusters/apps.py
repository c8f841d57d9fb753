from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class ClustersConfig(AppConfig):
    name = "linli.work.matters.clusters"
    label = "clusters"
    verbose_name = "同类事项"

    def ready(self) -> None:
        """Say what this part's codes are called."""
        from linli.foundation.audit.words import verb_words_add

        verb_words_add(
            {
                "cluster.make": _("并为一案多回执"),
                "cluster.add": _("加入一案多回执"),
                "cluster.tell": _("告知办理结果"),
                "cluster.release": _("从一案里分出"),
                "cluster.dissolve": _("解散一案多回执"),
            }
        )
