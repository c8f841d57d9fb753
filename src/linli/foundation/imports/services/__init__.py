"""Every write of imports, one function for one thing a person or the job does."""

from .correcting import quarantine_correct, quarantine_look, quarantine_replay, quarantine_retry
from .deciding import conflicts_look, conflicts_settle, conflicts_settle_all
from .ending import (
    import_end_batch,
    import_ending_confirm,
    import_ending_decline,
    import_ending_noted,
    import_ending_settled,
)
from .forgetting import imports_forget
from .running import (
    import_batch,
    import_checked,
    import_count_set,
    import_fail,
    import_finish,
    import_pages_add,
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
    "conflicts_look",
    "conflicts_settle",
    "conflicts_settle_all",
    "import_batch",
    "import_checked",
    "import_count_set",
    "import_discard",
    "import_end_batch",
    "import_ending_confirm",
    "import_ending_decline",
    "import_ending_noted",
    "import_ending_settled",
    "import_fail",
    "import_finish",
    "import_map_set",
    "import_pages_add",
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
