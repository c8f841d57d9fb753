from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "linli.work.deliberation.ballots"
    label = "ballots"
    verbose_name = "表决"

    def ready(self) -> None:
        """Say what this part's codes are called, and who is told of a ballot."""
        from django.utils.translation import gettext_lazy as _

        from linli.foundation.audit.words import verb_words_add
        from linli.foundation.notices.audiences import RecordAudience, record_audience_add

        from .selectors import ELECTORS, elector_accounts
        from .words import RECORDED

        verb_words_add(RECORDED)
        record_audience_add(RecordAudience(ELECTORS, _("表决名册上有账号的人"), elector_accounts))
