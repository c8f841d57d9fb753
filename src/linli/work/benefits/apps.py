from django.apps import AppConfig
from django.db.models import Model


class BenefitsConfig(AppConfig):
    name = "linli.work.benefits"
    label = "benefits"
    verbose_name = "政策找人"

    def ready(self) -> None:
        """Say what this room's records are called; follow an objection to matching by machine at once."""
        from linli.foundation.audit.words import verb_words_add
        from linli.registers.residents.models import Resident
        from linli.registers.residents.own.following import objection_follower_add

        from .authoring.words import RECORDED
        from .outreach.services.leads import leads_objected
        from .outreach.words import RECORDED as OUTREACH
        from .running.words import RECORDED as RUNNING

        def follow(resident: Resident) -> list[type[Model]]:
            return leads_objected(resident=resident)

        verb_words_add(RECORDED)
        verb_words_add(OUTREACH)
        verb_words_add(RUNNING)
        objection_follower_add(follow)
