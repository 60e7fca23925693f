import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('objectives', '0001_initial'), ('objectives', '0002_whole_catalogue')]

    initial = True

    dependencies = [
        ('accounts', '0002_whole_catalogue'),
        ('metrics', '0002_whole_catalogue'),
    ]

    operations = [
        migrations.CreateModel(
            name='DueEvaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_result_id', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('start_day', models.IntegerField(verbose_name='first day')),
                ('end_day', models.IntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=6, verbose_name='state')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-start_day', 'name'],
            },
        ),
        migrations.CreateModel(
            name='KeyResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('metric', models.CharField(blank=True, max_length=64, verbose_name='metric')),
                ('cut', models.SmallIntegerField(default=0)),
                ('member', models.BigIntegerField(default=0)),
                ('other', models.BigIntegerField(default=0)),
                ('scope_text', models.CharField(blank=True, max_length=500)),
                ('direction', models.CharField(choices=[('increase', 'Increase to'), ('decrease', 'Decrease to'), ('at_least', 'Keep at or above'), ('at_most', 'Keep at or below'), ('range', 'Keep within a range'), ('milestone', 'Reach milestones')], max_length=9, verbose_name='direction')),
                ('period_value', models.CharField(choices=[('flow', 'Sum over the cycle so far'), ('ratio', 'Over all cases of the cycle so far'), ('level', 'At the close of the last day'), ('distribution', 'Computed from all rows of the cycle so far'), ('milestones', 'Weight of the milestones done')], max_length=12)),
                ('window_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days to look back')),
                ('weight', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=6, validators=[django.core.validators.MinValueValidator(0)], verbose_name='weight')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('is_cancelled', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['objective', 'position', 'pk'],
                'indexes': [models.Index(fields=['cut', 'member', 'other'], name='key_result_scope')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('weight', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=6, validators=[django.core.validators.MinValueValidator(0)], verbose_name='weight')),
                ('due_day', models.IntegerField(blank=True, null=True, verbose_name='due')),
                ('done_day', models.IntegerField(blank=True, null=True, verbose_name='done')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key_result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='objectives.keyresult')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Objective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='description')),
                ('visibility', models.CharField(choices=[('public', 'Everybody'), ('team', 'The team and who reads its figures'), ('private', 'Owner, reviewer and managers')], default='public', max_length=7, verbose_name='who may see it')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('closed', 'Closed')], default='active', max_length=6, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objectives', to='objectives.cycle', verbose_name='cycle')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objectives', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objectives_to_review', to=settings.AUTH_USER_MODEL, verbose_name='reviewer')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objectives', to='accounts.team', verbose_name='team')),
            ],
            options={
                'ordering': ['title', 'pk'],
                'indexes': [models.Index(fields=['cycle', 'team', 'state'], name='objective_team')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('contributes', 'Contributes to'), ('aligned', 'Aligned with')], max_length=11)),
                ('weight', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=6)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_up', to='objectives.objective')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_down', to='objectives.objective')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('child', 'parent'), name='link_once'), models.UniqueConstraint(condition=models.Q(('kind', 'contributes')), fields=('child',), name='link_contributes_to_one')],
            },
        ),
        migrations.AddField(
            model_name='keyresult',
            name='objective',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='key_results', to='objectives.objective'),
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('confidence', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(10)], verbose_name='confidence')),
                ('sentence', models.CharField(max_length=500, verbose_name='one sentence')),
                ('at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('objective', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='objectives.objective')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='StatusRule',
            fields=[
                ('alertrule_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='metrics.alertrule')),
                ('worse_than', models.CharField(choices=[('on_track', 'On track'), ('watch', 'Watch')], max_length=8)),
                ('key_result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alert_rules', to='objectives.keyresult')),
            ],
            bases=('metrics.alertrule',),
        ),
        migrations.CreateModel(
            name='TargetVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('effective_day', models.IntegerField(verbose_name='from')),
                ('baseline', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('target', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('red', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('low', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('high', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('red_low', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('red_high', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('curve', models.CharField(choices=[('linear', 'Evenly over the cycle'), ('steps', 'In steps'), ('points', 'Along points'), ('last_year', 'As last year'), ('none_until', 'Nothing before a day')], default='linear', max_length=10)),
                ('steps', models.JSONField(default=list)),
                ('weight', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='weight')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('created_at', models.DateTimeField()),
                ('approver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key_result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='objectives.keyresult')),
            ],
            options={
                'ordering': ['key_result', 'number'],
                'constraints': [models.UniqueConstraint(fields=('key_result', 'number'), name='target_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField()),
                ('closed_to', models.IntegerField()),
                ('value_now', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('value_closed', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('numerator', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('denominator', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('n', models.BigIntegerField(null=True)),
                ('low', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('high', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('numerator_now', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('denominator_now', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('n_now', models.BigIntegerField(null=True)),
                ('compared', models.JSONField(default=dict)),
                ('progress', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('expected', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('expected_value', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('pace', models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ('status', models.CharField(max_length=16)),
                ('forecast', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('forecast_low', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('forecast_high', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('forecast_low_50', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('forecast_high_50', models.DecimalField(blank=True, decimal_places=6, max_digits=26, null=True)),
                ('reach', models.FloatField(null=True)),
                ('is_rough', models.BooleanField(default=False)),
                ('weeks', models.PositiveSmallIntegerField(default=0)),
                ('weeks_in_band', models.PositiveSmallIntegerField(default=0)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('data_day', models.IntegerField(null=True)),
                ('metric_version', models.PositiveIntegerField(default=0)),
                ('computed_at', models.DateTimeField()),
                ('key_result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='objectives.keyresult')),
                ('target_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='objectives.targetversion')),
            ],
            options={
                'ordering': ['key_result', '-day'],
                'constraints': [models.UniqueConstraint(fields=('key_result', 'day'), name='evaluation_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to=settings.AUTH_USER_MODEL)),
                ('viewer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at'],
                'constraints': [models.UniqueConstraint(fields=('viewer', 'subject', 'day'), name='look_once_a_day')],
            },
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('start_day__lt', models.F('end_day'))), name='cycle_days'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('child', models.F('parent')), _negated=True), name='link_is_not_to_itself'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='key_result_weight'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('direction', 'milestone'), ('metric', '')), models.Q(models.Q(('direction', 'milestone'), _negated=True), models.Q(('metric', ''), _negated=True)), _connector='OR'), name='key_result_has_metric_or_milestones'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__lte', 10)), name='check_in_confidence'),
        ),
    ]
