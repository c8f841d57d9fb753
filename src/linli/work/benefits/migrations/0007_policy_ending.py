import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_unit_pinyin"),
        ("benefits", "0006_wave_until"),
    ]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="ending_on",
            field=models.DateField(blank=True, null=True, verbose_name="提出的停办日期"),
        ),
        migrations.AddField(
            model_name="policy",
            name="ending_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="停办的原因"),
        ),
        migrations.AddField(
            model_name="policy",
            name="ending_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.person",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=F("ending_by")),
                name="policy_end_two_persons",
                violation_error_message="提出的人不能自己核准，请另一人核准。",
            ),
        ),
    ]
