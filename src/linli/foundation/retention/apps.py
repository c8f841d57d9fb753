from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "linli.foundation.retention"
    label = "retention"
    verbose_name = "保存期限"

    def ready(self) -> None:
        """Let every room declare its kinds, and name this room's codes in the record."""
        from django.utils.module_loading import autodiscover_modules
        from django.utils.translation import gettext_lazy as _

        from linli.foundation.audit.words import verb_words_add

        autodiscover_modules("retention")
        verb_words_add(
            {
                "retention.apply": _("到期清理"),
                "hold.place": _("暂缓删除"),
                "hold.lift": _("解除暂缓删除"),
            }
        )
