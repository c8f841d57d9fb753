"""What is public of a photo becomes a copy of its own; what was published before stays published as it was."""

from django.db import migrations, models


def copy_published(apps, schema_editor):
    """Give each photo that is public now a copy without anything blurred: a worker had chosen it."""
    from linli.foundation.files import storage

    version_of = apps.get_model("matters", "PublicVersion")
    copy_of = apps.get_model("files", "PublicCopy")
    for version in version_of.objects.exclude(published_photos=None):
        for photo in version.published_photos.all():
            copy = copy_of(source=photo, made_at=version.published_at)
            if version.withdrawn_at is None:
                copy.path = storage.write("public", storage.read(photo.clean_path), name=copy.public_id.hex)
                copy.thumb_path = storage.write(
                    "public", storage.read(photo.thumb_path), name=f"{copy.public_id.hex}-thumb"
                )
            copy.save()
            version.photos.add(copy)


class Migration(migrations.Migration):
    dependencies = [("files", "0002_recordings"), ("matters", "0007_matterevent_matters_mat_recorde_65178b_idx")]

    operations = [
        migrations.RenameField("publicversion", "photos", "published_photos"),
        migrations.AddField(
            "publicversion",
            "photos",
            models.ManyToManyField(blank=True, related_name="+", to="files.publiccopy"),
        ),
        migrations.RunPython(copy_published, migrations.RunPython.noop),
        migrations.RemoveField("publicversion", "published_photos"),
    ]
