from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "linli.foundation.keys"
    label = "keys"
    verbose_name = "密钥"

    def ready(self) -> None:
        """Name this room's codes in the record."""
        from linli.foundation.audit.words import verb_words_add

        from .words import VERBS

        verb_words_add(VERBS)
