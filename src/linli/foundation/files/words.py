"""Lengths and numbers of files as people say them."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _


class _Kept(Protocol):
    kind: str


def length_words(milliseconds: int) -> str:
    """Return a length of time in minutes and seconds."""
    minutes, seconds = divmod(max(round(milliseconds / 1000), 1), 60)
    if not minutes:
        return _("%(s)d秒") % {"s": seconds}
    return _("%(m)d分%(s)d秒") % {"m": minutes, "s": seconds} if seconds else _("%(m)d分钟") % {"m": minutes}


def files_words(files: Iterable[_Kept]) -> str:
    """Return how many photos, recordings and videos there are, or nothing."""
    count = Counter(file.kind for file in files)
    said = (
        _("照片%d张") % count["photo"] if count["photo"] else "",
        _("录音%d段") % count["voice"] if count["voice"] else "",
        _("视频%d段") % count["video"] if count["video"] else "",
    )
    return _("、").join(filter(None, said))
