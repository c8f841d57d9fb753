"""Consents and objections in the words of the person they are about."""

from linli.core.words import gettext_lazy as _

from ..consents.purposes import consent_purposes

NO_MATCHING = "no_matching"
OBJECTION = _("不同意由机器匹配政策（异议）")


def consent_label(purpose: str) -> str:
    """Return to what somebody agreed or objected; a purpose that is asked no more is called so."""
    if purpose == NO_MATCHING:
        return str(OBJECTION)
    line = consent_purposes().get(purpose)
    return line.label if line else str(_("已不再征求的事项"))
