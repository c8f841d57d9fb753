from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

# What makes the first tables of an installation, and what brought the first secrets since: then the key
# ring gets what it lacks. At no other time: a missing key is lost, not yet to be made.
FOUNDING = {("accounts", "0001_initial"), ("residents", "0001_registry")}


class PortalConfig(AppConfig):
    name = "linli.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Let an installation's first migration found its key ring; put in the buttons that join rooms."""
        from linli.work.matters.desk.joined import joined_acts_add

        joined_acts_add("meetings", _to_meeting)
        post_migrate.connect(_found, sender=apps.get_app_config("accounts"))


def _to_meeting(actor: Any, matter: Any) -> Any:
    from .joining import to_meeting_acts  # its addresses need the rooms, which are not there yet at start-up

    return to_meeting_acts(actor, matter)


def _found(plan: Sequence[tuple[Any, bool]] = (), **_more: Any) -> None:
    from linli.core.crypto.usage import ring_found

    if any((step.app_label, step.name) in FOUNDING and not backwards for step, backwards in plan):
        ring_found()
