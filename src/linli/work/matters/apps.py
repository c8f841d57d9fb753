from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "linli.work.matters"
    label = "matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Say what this room's codes in the record are called, and what of it can be imported."""
        from linli.foundation.audit.words import verb_words_add
        from linli.foundation.imports.targets import target_add

        from .importing import target
        from .wording import RECORDED, VERBS

        verb_words_add({f"matter.{verb}": words.desk for verb, words in VERBS.items()})
        verb_words_add(RECORDED)
        target_add(target())
