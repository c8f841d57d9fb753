"""Consents and objections in the words of the person they are about."""

from collections.abc import Mapping

from linli.core.words import gettext_lazy as _

NO_MATCHING = "no_matching"
CONSENTS: Mapping[str, str] = {NO_MATCHING: _("不同意由机器匹配政策（异议）")}


def consent_label(purpose: str) -> str:
    """Return to what somebody agreed or objected; a purpose without words here as it stands."""
    return str(CONSENTS.get(purpose, purpose))
