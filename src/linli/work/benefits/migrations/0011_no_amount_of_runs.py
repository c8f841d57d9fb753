"""Runs keep no amounts, which nothing showed; previews are reckoned anew, for the old ones hold exact sums."""

from typing import Any

from django.db import migrations


def previews_forget(apps: Any, schema_editor: Any) -> None:
    """Let the kept previews go: an author asks again with one press."""
    apps.get_model("benefits", "Preview").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("benefits", "0010_end_refused")]
    operations = [
        migrations.RunPython(previews_forget, migrations.RunPython.noop),
        migrations.RemoveField(model_name="runcount", name="amount"),
    ]
