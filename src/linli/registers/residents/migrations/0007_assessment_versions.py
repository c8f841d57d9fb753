"""An assessment is a version of one unit, judged on the three points of the law."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_unit_pinyin"),
        ("residents", "0006_kept_counts"),
    ]

    operations = [
        migrations.RenameField("assessment", "opinion", "lawful"),
        migrations.AlterField(
            "assessment",
            "lawful",
            models.TextField(blank=True, verbose_name="目的、处理方式是否合法、正当、必要"),
        ),
        migrations.AddField(
            "assessment",
            "impact",
            models.TextField(blank=True, verbose_name="对个人权益的影响及安全风险"),
        ),
        migrations.AddField(
            "assessment",
            "measures",
            models.TextField(blank=True, verbose_name="保护措施是否合法、有效并与风险程度相适应"),
        ),
        migrations.AddField(
            "assessment",
            "unit",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="评估单位",
            ),
        ),
        migrations.AddField(
            "assessment", "version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")
        ),
        migrations.AddConstraint(
            "assessment",
            models.UniqueConstraint(fields=("unit", "version"), name="assessment_version_once"),
        ),
    ]
