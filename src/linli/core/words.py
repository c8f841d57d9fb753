"""In which language a text is said: the reader's, when it is shown; the house's, when it is written down."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import override

if TYPE_CHECKING:

    def gettext_lazy(message: str) -> str:
        """Mark a text; it stands for the ``str`` that it becomes when it is shown."""

else:
    from django.utils.translation import gettext_lazy

__all__ = ["gettext_lazy", "in_house_language"]


def in_house_language() -> override:
    """Say what is written down (stories, duties, notices) in Chinese, whoever acts in which language."""
    return override(settings.LANGUAGE_CODE)
