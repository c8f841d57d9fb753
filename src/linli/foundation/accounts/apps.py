from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "linli.foundation.accounts"
    label = "accounts"
    verbose_name = "账号与岗位"

    def ready(self) -> None:
        """Rate hits are a consequence of what was tried, not a record."""
        from linli.core.service import sink_table

        sink_table("accounts_ratehit")
