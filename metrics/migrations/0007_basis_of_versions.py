from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0006_month_to_copy'),
    ]

    operations = [
        migrations.AddField(
            model_name='metricversion',
            name='basis',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
