from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0015_one_of_several'),
    ]

    operations = [
        migrations.CreateModel(
            name='AddressUse',
            fields=[
                ('place_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('uses', models.PositiveIntegerField()),
                ('ends_at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
