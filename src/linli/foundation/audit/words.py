"""What the codes of the record are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_VERBS: dict[str, str | Promise] = {
    "record.look": _("查看个人信息"),
    "calendar.load": _("装入节假日"),
    "file.store": _("上传文件"),
    "file.sweep": _("清理无用文件"),
}


def verb_words_add(words: Mapping[str, str | Promise]) -> None:
    """Name further codes; a room calls this in ``ready()``."""
    _VERBS.update(words)


def verb_words(verb: str) -> str:
    """Return what a code is called, or the code itself."""
    return str(_VERBS.get(verb, verb))
