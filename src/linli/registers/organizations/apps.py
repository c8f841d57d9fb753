from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "linli.registers.organizations"
    label = "organizations"
    verbose_name = "组织"

    def ready(self) -> None:
        """Say what this room's codes are called, and who is on duty on the page 待办."""
        from django.utils.translation import gettext_lazy as _

        from linli.foundation.audit.words import verb_words_add
        from linli.foundation.duties.todoparts import remarks_add

        from .roster.selectors import on_duty_remarks

        remarks_add(on_duty_remarks)
        verb_words_add(
            {
                "roster.set": _("排班"),
                "roster.copy": _("复制排班"),
                "shift.swap_ask": _("请求替班"),
                "shift.swap_grant": _("同意替班"),
                "shift.swap_refuse": _("不同意替班"),
            }
        )
