from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0014_follow_up_stamp'),
    ]

    operations = [
        migrations.AddField(
            model_name='response',
            name='is_one_of_several',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
