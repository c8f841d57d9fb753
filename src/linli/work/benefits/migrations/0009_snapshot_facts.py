from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("benefits", "0008_version_refused")]

    operations = [
        migrations.AddField(
            model_name="snapshot", name="edition", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField(model_name="snapshot", name="facts", field=models.JSONField(default=list)),
        migrations.RunSQL(
            "UPDATE benefits_snapshot SET edition = (SELECT count(*) FROM benefits_snapshot earlier"
            " WHERE earlier.day = benefits_snapshot.day AND earlier.id <= benefits_snapshot.id)",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(model_name="snapshot", name="snapshot_one_a_day"),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(fields=["day", "edition"], name="snapshot_edition_once"),
        ),
    ]
