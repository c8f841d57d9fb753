from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "linli.foundation.clients"
    label = "clients"
    verbose_name = "接口"

    def ready(self) -> None:
        """Counted requests are a consequence of what was asked, not a record; clients have names."""
        from linli.core.service import sink_table
        from linli.foundation.audit.words import actor_names_add, verb_words_add

        from .selectors import client_names

        sink_table("clients_tokenuse")
        actor_names_add("client", client_names)
        verb_words_add(
            {
                "client.open": _("设立接口"),
                "client.update": _("修改接口"),
                "client.close": _("停用接口"),
                "token.issue": _("签发接口令牌"),
                "token.revoke": _("吊销接口令牌"),
            }
        )
