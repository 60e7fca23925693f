import crmkpi.accounts.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_whole_catalogue')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('is_administrator', models.BooleanField(default=False, verbose_name='administrator')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('language', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('theme', models.CharField(blank=True, max_length=5, verbose_name='theme')),
                ('joined_at', models.DateTimeField(blank=True, null=True, verbose_name='joined')),
                ('access_version', models.PositiveIntegerField(default=1)),
                ('has_notices', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField(unique=True, verbose_name='day')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
            ],
            options={
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                ('slug', models.SlugField(max_length=200, unique=True)),
                ('region', models.CharField(blank=True, max_length=200, verbose_name='region')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('prefix', models.CharField(max_length=12, unique=True)),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list, verbose_name='scopes')),
                ('whole_company', models.BooleanField(default=False, verbose_name='whole company')),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
                ('teams', models.ManyToManyField(blank=True, to='accounts.team', verbose_name='teams')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='UserInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations_made', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AgentIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('external_id', models.CharField(max_length=200, verbose_name='id in the source')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='identity_is_one_person')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('action', models.CharField(max_length=64)),
                ('subject', models.CharField(max_length=200)),
                ('detail', models.JSONField(default=dict)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['-at'], name='audit_latest')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('week_start', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (5, 'Saturday'), (6, 'Sunday')], default=0, verbose_name='week starts on')),
                ('fiscal_month', models.PositiveSmallIntegerField(default=1, verbose_name='fiscal year starts in month')),
                ('business_hours', models.JSONField(default=crmkpi.accounts.models.default_hours, verbose_name='business hours')),
                ('calendar_version', models.PositiveIntegerField(default=1)),
                ('root_team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team', verbose_name='root team')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='organisation_is_one_row'), models.CheckConstraint(condition=models.Q(('fiscal_month__gte', 1), ('fiscal_month__lte', 12)), name='organisation_fiscal_month')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('agent', 'Agent'), ('lead', 'Lead'), ('manager', 'Manager'), ('analyst', 'Analyst')], max_length=8, verbose_name='role')),
                ('since_day', models.IntegerField(default=-1000000, verbose_name='since')),
                ('until_day', models.IntegerField(default=1000000, verbose_name='until')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.team')),
            ],
            options={
                'indexes': [models.Index(fields=['team', 'role', 'since_day'], name='membership_team')],
                'constraints': [models.UniqueConstraint(fields=('user', 'team', 'role', 'since_day'), name='membership_once'), models.CheckConstraint(condition=models.Q(('since_day__lt', models.F('until_day'))), name='membership_days')],
            },
        ),
        migrations.CreateModel(
            name='TeamEdge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_day', models.IntegerField(default=-1000000)),
                ('until_day', models.IntegerField(default=1000000)),
                ('ancestor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edges_down', to='accounts.team')),
                ('descendant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edges_up', to='accounts.team')),
            ],
            options={
                'indexes': [models.Index(fields=['ancestor', 'descendant'], name='team_edge_down')],
                'constraints': [models.UniqueConstraint(fields=('descendant', 'ancestor', 'since_day'), name='team_edge_once')],
            },
        ),
        migrations.CreateModel(
            name='TeamParent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_day', models.IntegerField(default=-1000000)),
                ('until_day', models.IntegerField(default=1000000)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='children', to='accounts.team')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parents', to='accounts.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'since_day'), name='team_has_one_parent_a_day'), models.CheckConstraint(condition=models.Q(('since_day__lt', models.F('until_day'))), name='team_parent_days'), models.CheckConstraint(condition=models.Q(('team', models.F('parent')), _negated=True), name='team_is_not_its_own_parent')],
            },
        ),
    ]
