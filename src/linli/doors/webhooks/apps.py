from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "linli.doors.webhooks"
    label = "webhooks"
    verbose_name = "推送"

    def ready(self) -> None:
        """What waits, what went and how it went follow from a subscription's record; acts have names."""
        from linli.core.service import sink_table
        from linli.foundation.audit.words import verb_words_add

        sink_table("webhooks_message", "webhooks_attempt", "webhooks_progress")
        verb_words_add(
            {
                "webhook.open": _("设立推送"),
                "webhook.renew": _("更换推送密钥"),
                "webhook.change": _("修改推送"),
                "webhook.pause": _("暂停推送"),
                "webhook.close": _("停止推送"),
                "webhook.resume": _("恢复推送"),
                "webhook.test": _("试发推送"),
                "webhook.retry": _("重发推送"),
                "webhook.disable": _("推送长时间失败，自动停用"),
            }
        )
