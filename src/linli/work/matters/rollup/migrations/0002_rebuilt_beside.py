"""Cells are named by what they count; what was summed so far goes, and the next minute makes it anew."""

import linli.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rollup', '0001_initial'),
    ]

    operations = [
        migrations.DeleteModel(name='DayCell'),
        migrations.CreateModel(
            name='DayCell',
            fields=[
                ('received', models.IntegerField(default=0)),
                ('imported', models.IntegerField(default=0)),
                ('emergencies', models.IntegerField(default=0)),
                ('open', models.IntegerField(default=0)),
                ('closed', models.IntegerField(default=0)),
                ('provisional', models.IntegerField(default=0)),
                ('in_time', models.IntegerField(default=0)),
                ('late', models.IntegerField(default=0)),
                ('overdue', models.IntegerField(default=0)),
                ('late_now', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
                ('contacted', models.IntegerField(default=0)),
                ('solved', models.IntegerField(default=0)),
                ('satisfied', models.IntegerField(default=0)),
                ('left_silent', models.IntegerField(default=0)),
                ('left_imported', models.IntegerField(default=0)),
                ('left_excluded', models.IntegerField(default=0)),
                ('unrated', models.IntegerField(default=0)),
                ('returns', models.IntegerField(default=0)),
                ('reopenings', models.IntegerField(default=0)),
                ('whistles', models.IntegerField(default=0)),
                ('pk', models.CompositePrimaryKey('axis', 'level', 'area', 'day', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('axis', models.CharField(blank=True, choices=[('', '合计'), ('category', '类别'), ('class', '三事分类'), ('unit', '主办单位')], max_length=8)),
                ('level', models.PositiveSmallIntegerField()),
                ('area', linli.core.fields.PathField(max_length=80)),
                ('key', models.CharField(blank=True, max_length=20)),
                ('day', models.DateField()),
                ('opened', models.IntegerField(default=0)),
                ('ended', models.IntegerField(default=0)),
                ('accept_in_time', models.IntegerField(default=0)),
                ('accept_late', models.IntegerField(default=0)),
                ('sort_in_time', models.IntegerField(default=0)),
                ('sort_late', models.IntegerField(default=0)),
                ('sign_in_time', models.IntegerField(default=0)),
                ('sign_late', models.IntegerField(default=0)),
                ('handle_in_time', models.IntegerField(default=0)),
                ('handle_late', models.IntegerField(default=0)),
                ('verify_in_time', models.IntegerField(default=0)),
                ('verify_late', models.IntegerField(default=0)),
                ('returned', models.IntegerField(default=0)),
                ('sent_back', models.IntegerField(default=0)),
                ('reopened', models.IntegerField(default=0)),
                ('whistled', models.IntegerField(default=0)),
                ('supervised', models.IntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='rollup_cell_by_day')],
            },
        ),
        migrations.AlterField(
            model_name='matterfact',
            name='id',
            field=models.BigIntegerField(primary_key=True, serialize=False),
        ),
        migrations.RemoveIndex(model_name='matterfact', name='rollup_fact_due'),
        migrations.RemoveIndex(model_name='matterfact', name='rollup_fact_lead_due'),
        migrations.AddField(
            model_name='matterfact',
            name='overdue',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='matterfact',
            name='late_now',
            field=models.IntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='matterfact',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('overdue', 0)), fields=['due_at'], name='rollup_fact_due'),
        ),
        migrations.AddIndex(
            model_name='matterfact',
            index=models.Index(condition=models.Q(('late_now', 0), ('lead_due_at__isnull', False)), fields=['lead_due_at'], name='rollup_fact_lead_due'),
        ),
        migrations.AlterField(
            model_name='movefact',
            name='id',
            field=models.BigIntegerField(primary_key=True, serialize=False),
        ),
        migrations.AddField(
            model_name='rollupstate',
            name='rebuilt_from',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='rollupstate',
            name='stage',
            field=models.CharField(blank=True, choices=[('', '已完成'), ('matters', '事项'), ('moves', '流转'), ('days', '每日合计'), ('indexes', '索引')], max_length=8),
        ),
        migrations.RunSQL("DELETE FROM rollup_rollupstate", migrations.RunSQL.noop),
    ]
