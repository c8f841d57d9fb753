"""What pages say about recordings before anybody records one."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def recording_limits() -> dict[str, int]:
    """Return the limits: ``voice_seconds``, ``video_seconds``, ``megabytes``."""
    return {
        "voice_seconds": settings.VOICE_SECONDS,
        "video_seconds": settings.VIDEO_SECONDS,
        "megabytes": settings.RECORDING_MB,
    }
