import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_unit_pinyin'),
        ('ballots', '0005_stairs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='proxy',
            name='taken_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
    ]
