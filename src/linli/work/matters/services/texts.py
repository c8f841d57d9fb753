"""Texts that people type, cleaned and bounded; a refusal stands beside the field."""

from django.utils.translation import gettext as _

from linli.core.service import require_service

from ..refusals import invalid
from ..rules import text_cleaned


@require_service
def text_required(*, value: str, name: str, words: str, most: int = 500) -> str:
    """Return a text without blank edges; raises ``InvalidInput`` where it is missing or too long."""
    plain = text_cleaned(value)
    if not plain:
        raise invalid(**{name: words})
    text_limited(value=plain, name=name, most=most)
    return plain


@require_service
def text_limited(*, value: str, name: str, most: int = 500) -> str:
    """Return a text that may be empty, without blank edges; raises ``InvalidInput`` where it is too long."""
    plain = text_cleaned(value)
    if len(plain) > most:
        words = _("最多%(most)s个字，现在有%(count)s个字，请精简。") % {"most": most, "count": len(plain)}
        raise invalid(**{name: words})
    return plain
