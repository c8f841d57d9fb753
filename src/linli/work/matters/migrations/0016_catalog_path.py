from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("matters", "0015_catalog")]

    operations = [
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('version', 'path'), name='category_path_once_a_version'),
        ),
    ]
