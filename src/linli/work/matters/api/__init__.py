"""Matters as JSON: the same services and selectors as the pages, one address a move.

A person's session with its CSRF token, or a client's token; an ``Idempotency-Key`` header makes a repeated
request give the first result. Refusals are ``{code, message, hint, details, request_id}``.
"""

from . import acts, answers, closings, replies
from .files import uploads
from .reading import router

__all__ = ["acts", "answers", "closings", "replies", "router", "uploads"]
