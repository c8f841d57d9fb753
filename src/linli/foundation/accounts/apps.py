from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "linli.foundation.accounts"
    label = "accounts"
    verbose_name = "账号与岗位"

    def ready(self) -> None:
        """Rate hits are a consequence of what was tried, no record; authenticators keep encrypted secrets."""
        from allauth.mfa.models import Authenticator

        from linli.core.crypto.usage import Kept, kept_add
        from linli.core.service import sink_table

        from .selectors import secret_keys_named
        from .services.authenticators import secrets_renew

        sink_table("accounts_ratehit")
        kept_add("authenticators", Kept(Authenticator, secret_keys_named, secrets_renew))
