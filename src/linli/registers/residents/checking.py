"""What every act takes: a day, a reason, one of the choices; read or refused."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.errors import InvalidInput

from .models import RegisterEvent


def day_checked(day: date | None) -> date:
    """Return the day of an act, today where none is given; nothing is registered for the future."""
    today = clock.today()
    if day is None:
        return today
    if day > today:
        message = _("日期不能晚于今天。")
        raise InvalidInput(message, details={"on": message})
    return day


def reason_checked(reason: str, *, is_required: bool = False) -> str:
    """Return a reason as it is kept; what must have one is refused without."""
    plain = " ".join(reason.split())
    if is_required and not plain:
        message = _("请写明原因，例如“本人出示身份证核对”。")
        raise InvalidInput(message, details={"reason": message})
    limit = RegisterEvent._meta.get_field("reason").max_length
    if limit and len(plain) > limit:
        message = _("原因不超过%d个字。") % limit
        raise InvalidInput(message, details={"reason": message})
    return plain


def choice_checked(model: type[models.Model], name: str, value: str) -> str:
    """Return a value of a column with choices; anything else is refused by the column's name."""
    field: Any = model._meta.get_field(name)
    try:
        field.clean(value, None)
    except ValidationError as error:
        message = _("请选择%(what)s。") % {"what": field.verbose_name}
        raise InvalidInput(message, details={name: message}) from error
    return value
