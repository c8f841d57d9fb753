from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("benefits", "0005_run_led"),
    ]

    operations = [
        migrations.AddField(
            model_name="wave",
            name="until_on",
            field=models.DateField(blank=True, null=True, verbose_name="派到哪天为止"),
        ),
    ]
