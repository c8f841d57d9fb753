"""What pages say about recordings before anybody records one."""

from django import template
from django.conf import settings

from ..words import length_words

register = template.Library()


@register.simple_tag
def recording_limits() -> dict[str, int | str]:
    """Return the limits: ``voice_seconds``, ``video_seconds``, both ``…_words`` too, and ``megabytes``."""
    return {
        "voice_seconds": settings.VOICE_SECONDS,
        "voice_words": length_words(settings.VOICE_SECONDS * 1000),
        "video_seconds": settings.VIDEO_SECONDS,
        "video_words": length_words(settings.VIDEO_SECONDS * 1000),
        "megabytes": settings.RECORDING_MB,
    }
