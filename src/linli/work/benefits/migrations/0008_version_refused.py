import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_unit_pinyin"),
        ("benefits", "0007_policy_ending"),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="refusal",
            field=models.CharField(blank=True, max_length=200, verbose_name="退回的理由"),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="refused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="refused_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.person",
            ),
        ),
    ]
