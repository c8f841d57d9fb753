from typing import Any

from django.db import migrations

from linli.foundation.search.index import index_drop, index_make


def remake(apps: Any, schema_editor: Any) -> None:
    """Index by ``search_tokens`` on PostgreSQL, where the first index was over the bare expression."""
    if schema_editor.connection.vendor == "postgresql":
        index_drop(apps, schema_editor)
        index_make(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(remake, migrations.RunPython.noop)]
