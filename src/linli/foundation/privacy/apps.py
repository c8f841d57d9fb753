from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "linli.foundation.privacy"
    label = "privacy"
    verbose_name = "个人信息"

    def ready(self) -> None:
        """Let every room say what it holds about a person, and name this room's codes in the record."""
        from django.utils.module_loading import autodiscover_modules
        from django.utils.translation import gettext_lazy as _

        from linli.foundation.audit.words import verb_words_add

        autodiscover_modules("holdings")
        verb_words_add(
            {
                "data_request.make": _("提出个人信息申请"),
                "data_request.answer": _("答复个人信息申请"),
                "data_request.withdraw": _("撤回个人信息申请"),
                "data_request.urge": _("个人信息申请逾期，交街镇督促"),
            }
        )
