"""Every write of imports, one function for one thing a person or the job does."""

from .correcting import quarantine_correct, quarantine_look, quarantine_replay, quarantine_retry
from .forgetting import imports_forget
from .running import (
    import_batch,
    import_beat,
    import_checked,
    import_count_set,
    import_fail,
    import_finish,
    import_start,
)
from .setting import (
    import_discard,
    import_map_set,
    import_upload,
    import_values_set,
    map_delete,
    map_save,
)
from .undoing import import_undo_batch, import_undo_finish, import_undo_start

__all__ = [
    "import_batch",
    "import_beat",
    "import_checked",
    "import_count_set",
    "import_discard",
    "import_fail",
    "import_finish",
    "import_map_set",
    "import_start",
    "import_undo_batch",
    "import_undo_finish",
    "import_undo_start",
    "import_upload",
    "import_values_set",
    "imports_forget",
    "map_delete",
    "map_save",
    "quarantine_correct",
    "quarantine_look",
    "quarantine_replay",
    "quarantine_retry",
]
