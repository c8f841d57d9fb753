"""Who comes in to the pages of the registry; which rows they then see is the selectors' decision."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of, staff_required

from ..permissions import can_see_counts, can_see_rows

View = Callable[..., HttpResponse]


def rows_refused(actor: Actor) -> None:
    """Refuse those who see no rows of the registry, in words."""
    if not can_see_rows(actor):
        hint = _("区和市看统计，不看个人。") if can_see_counts(actor) else _("如有需要，请联系居村委会。")
        raise NotAllowed(_("居民登记由居村委会、网格员和街镇查看。"), hint=hint)


def rows_page(view: View) -> View:
    """Let those in who work with people; what a page shows of them is kept by no browser."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows_refused(actor_of(request))
        return view(request, *args, **kwargs)

    return never_cache(staff_required(inner))


def record_page(view: View) -> View:
    """Let people of the desk in; a record that they may not see is missing for them."""
    return never_cache(staff_required(view))
