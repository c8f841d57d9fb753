from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RollupConfig(AppConfig):
    name = "linli.work.matters.rollup"
    label = "rollup"
    verbose_name = "事项统计"

    def ready(self) -> None:
        """Name the tables that follow from other rooms' records, and what is recorded of the others."""
        from linli.core.service import sink_table
        from linli.foundation.audit.words import verb_words_add

        sink_table("rollup_rollupstate")
        for table in ("rollup_matterfact", "rollup_movefact", "rollup_daycell"):
            sink_table(table, f"{table}_new")
        verb_words_add(
            {
                "exclusion.ask": _("申请剔除"),
                "exclusion.decide": _("审批剔除"),
                "exclusion.end": _("取消剔除"),
                "exclusion_reason.add": _("增加剔除情形"),
                "exclusion_reason.use": _("启用或停用剔除情形"),
                "rates_rule.set": _("规定三率权重"),
                "rates_rule.withdraw": _("撤回三率权重"),
            }
        )
