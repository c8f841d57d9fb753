"""Texts that are said later, in the language of whoever reads them, where a plain ``str`` is expected."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def gettext_lazy(message: str) -> str:
        """Mark a text; it stands for the ``str`` that it becomes when it is shown."""

else:
    from django.utils.translation import gettext_lazy

__all__ = ["gettext_lazy"]
