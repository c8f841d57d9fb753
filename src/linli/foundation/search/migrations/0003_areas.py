from typing import Any

from django.db import migrations

from linli.foundation.search.index import index_drop, index_make


def remake(apps: Any, schema_editor: Any) -> None:
    """Index the codes of the place beside the grams."""
    index_drop(apps, schema_editor)
    index_make(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [("search", "0002_tokens")]
    operations = [migrations.RunPython(remake, migrations.RunPython.noop)]
