from django.db import migrations, models
from django.db.models import F


def already_led(apps, schema_editor):
    """Runs that ended before this upgrade have been looked through."""
    apps.get_model("benefits", "Run").objects.filter(state="done").update(led_at=F("finished_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("benefits", "0004_run_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="led_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="runcount",
            name="new",
            field=models.PositiveIntegerField(default=0, verbose_name="新线索"),
        ),
        migrations.RunPython(already_led, migrations.RunPython.noop),
    ]
