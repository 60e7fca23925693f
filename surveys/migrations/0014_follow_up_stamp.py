from django.db import migrations, models


def stamp(apps, schema_editor):
    """Have the rules looked for that were there before."""
    surveys = apps.get_model("surveys", "Survey").objects
    surveys.filter(follow_up_rules__isnull=False).update(follow_up_stamp="first")


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0013_kiosk'),
    ]

    operations = [
        migrations.AddField(
            model_name='survey',
            name='follow_up_stamp',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.RunPython(stamp, migrations.RunPython.noop, elidable=True),
    ]
