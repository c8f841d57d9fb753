from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "linli.work.deliberation.elections"
    label = "elections"
    verbose_name = "选举"

    def ready(self) -> None:
        """Say what this part's codes are called, and who stands in a ballot."""
        from linli.foundation.audit.words import verb_words_add

        from ..ballots.standing import announcing_held_by, standers_told_by
        from .selectors import held_back_by, standers_of
        from .words import RECORDED

        verb_words_add(RECORDED)
        standers_told_by(standers_of)
        announcing_held_by(held_back_by)
