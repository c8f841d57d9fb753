"""What this room holds about a person."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.clock import BEIJING
from linli.core.holdings import Holding, Row, holding_add

from .models import SavedView


def _views(person_id: int) -> Iterator[Row]:
    for view in SavedView.objects.filter(person_id=person_id):
        yield {
            _("列表"): str(view.title),
            _("名称"): view.name,
            _("保存时间"): f"{view.made_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
        }


holding_add(Holding("saved_views", gettext_lazy("保存的视图"), gettext_lazy("您在列表里保存"), _views))
