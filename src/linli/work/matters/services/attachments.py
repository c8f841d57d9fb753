"""Photos, recordings and videos that come with a report or an act."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core.service import require_service
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES

from ..models import Matter, MatterEvent
from ..refusals import invalid


@require_service
def photos_checked(*, photos: Sequence[StoredFile]) -> list[StoredFile]:
    """Return what may be attached; raises ``InvalidInput`` where it is too much, or refused."""
    if len(photos) > MAX_FILES:
        raise invalid(photos=_("照片、录音、视频一共最多%d个。") % MAX_FILES)
    for photo in photos:
        if photo.state == StoredFile.State.REFUSED:
            raise invalid(photos=f"{photo.name}：{photo.refusal or _('不是可用的照片。')}")
    return list(photos)


@require_service
def photos_link(*, owner: Matter | MatterEvent, photos: Sequence[StoredFile]) -> None:
    """Attach files to a matter or to a step of its story."""
    through = type(owner).photos.through
    column = f"{owner._meta.model_name}_id"
    rows: list[Any] = [through(**{column: owner.pk, "storedfile_id": photo.pk}) for photo in photos]
    through._default_manager.bulk_create(rows)
