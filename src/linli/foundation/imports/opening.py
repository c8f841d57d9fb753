"""An import's file opened again, as it was read when it came."""

from .dropping import without_dropped
from .keeping import file_read
from .mapping import header_words
from .models import Import
from .reading import Table, table_read
from .targets import target_get


def table_of(job: Import) -> Table:
    """Return the table of an import's file; raises a refusal where it is gone or unreadable."""
    target = target_get(job.target)
    words, (most_rows, _most_mb) = header_words(target), target.limits()
    return without_dropped(
        table_read(file_read(job), words=words, most_rows=most_rows, total=job.total or None)
    )
