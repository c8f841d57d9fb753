"""Refusals of the registry that say where to go on."""

from typing import Any

from django.utils.translation import gettext as _

from linli.core.errors import Conflict, InvalidInput


class PersonElsewhere(Conflict):
    """A person who is to be entered lives or is registered somewhere already.

    ``details["where"]`` is the address and ``details["resident"]`` the public id, if the actor may see them;
    else only ``details["is_elsewhere"]``: then a transfer can be asked for.
    """

    code = "resident.elsewhere"


class HeadNeeded(InvalidInput):
    """A household that goes on needs another head; ``details["head"]`` says so to the field."""

    code = "household.head_needed"

    def __init__(self) -> None:
        message = _("户主离开后这一户还有人，请指定新的户主。")
        super().__init__(message, details={"head": message})


class GuardianNeeded(InvalidInput):
    """A child under 14 is registered only with a guardian."""

    code = "resident.guardian_needed"

    def __init__(self) -> None:
        message = _("未满14周岁的孩子必须登记监护人，请从这一户的成年人里选择，或填写另一位已登记的监护人。")
        super().__init__(message, details={"guardian": message})


def invalid(**fields: Any) -> InvalidInput:
    """Return a refusal by field; the first field's words stand above the form."""
    return InvalidInput(str(next(iter(fields.values()))), details={k: str(v) for k, v in fields.items()})
