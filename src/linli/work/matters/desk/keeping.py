"""Answering with a page of the desk of matters, whose forms bear the mark of who types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from linli.foundation.accounts.keeping import whose


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> TemplateResponse:
    """Answer with a page of the desk; ``whose`` marks its forms."""
    return TemplateResponse(
        request, f"matters/desk/{template}.html", {"whose": whose(request), **context}, status=status
    )
