from typing import Any

from django.db import migrations


def nothing(apps: Any, schema_editor: Any) -> None:
    """The index is made anew by the next migration."""


class Migration(migrations.Migration):

    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(nothing, migrations.RunPython.noop)]
