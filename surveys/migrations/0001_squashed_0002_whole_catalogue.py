import django.db.models.deletion
import surveys.models.surveys
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('surveys', '0001_initial'), ('surveys', '0002_whole_catalogue')]

    initial = True

    dependencies = [
        ('accounts', '0002_whole_catalogue'),
        ('crm', '0002_whole_catalogue'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=32)),
                ('kind', models.CharField(choices=[('csat', 'Satisfaction (CSAT)'), ('nps', 'Recommendation (NPS)'), ('ces', 'Effort (CES)'), ('text', 'Comment'), ('choice', 'Choice')], max_length=8)),
                ('low', models.SmallIntegerField(blank=True, null=True)),
                ('high', models.SmallIntegerField(blank=True, null=True)),
                ('top_from', models.SmallIntegerField(blank=True, null=True)),
                ('is_reversed', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_hash', models.CharField(max_length=64, unique=True)),
                ('reason', models.CharField(choices=[('unsub', 'Asked not to get surveys'), ('hard', 'The address does not exist'), ('soft', 'Mail came back several times'), ('manual', 'Entered by hand')], max_length=8)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('csat', 'Satisfaction (CSAT)'), ('nps', 'Recommendation (NPS)'), ('ces', 'Effort (CES)'), ('text', 'Comment'), ('choice', 'Choice')], max_length=8)),
                ('value', models.SmallIntegerField(blank=True, null=True)),
                ('low', models.SmallIntegerField(blank=True, null=True)),
                ('high', models.SmallIntegerField(blank=True, null=True)),
                ('is_top', models.BooleanField(blank=True, null=True)),
                ('text', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField()),
                ('answered_day', models.IntegerField()),
                ('event_day', models.IntegerField()),
                ('channel', models.PositiveSmallIntegerField(choices=[(0, 'Unknown'), (1, 'Phone'), (2, 'E-mail'), (3, 'Chat'), (4, 'Web'), (5, 'Social media'), (6, 'App'), (7, 'In person'), (8, 'Text message'), (9, 'Partner'), (10, 'Other')], default=0)),
                ('exclusion', models.PositiveSmallIntegerField(choices=[(0, 'Counted'), (1, 'Test or internal account'), (2, 'Spam'), (3, 'Merged into another record'), (4, 'Duplicate'), (5, 'Deleted in the source'), (6, 'Draft'), (7, 'No exchange rate for its currency'), (8, 'Customer is a test account')], default=0)),
                ('added_at', models.DateTimeField(editable=False, null=True)),
                ('agent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('answered_team', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.team')),
                ('product', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.product')),
                ('segment', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.member', verbose_name='Segment')),
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
            ],
            options={
                'indexes': [models.Index(fields=['agent', 'answered_day'], name='answer_answered_agent'), models.Index(fields=['channel', 'answered_team', 'answered_day'], name='answer_answered_channel')],
            },
        ),
        migrations.CreateModel(
            name='AnswerRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.SmallIntegerField(blank=True, null=True)),
                ('text', models.TextField(blank=True)),
                ('replaced_at', models.DateTimeField()),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='surveys.answer')),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('request_key', models.CharField(max_length=200)),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('address_hash', models.CharField(blank=True, max_length=64)),
                ('language', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('subject', models.CharField(blank=True, max_length=240)),
                ('event_day', models.IntegerField()),
                ('channel', models.PositiveSmallIntegerField(choices=[(0, 'Unknown'), (1, 'Phone'), (2, 'E-mail'), (3, 'Chat'), (4, 'Web'), (5, 'Social media'), (6, 'App'), (7, 'In person'), (8, 'Text message'), (9, 'Partner'), (10, 'Other')], default=0)),
                ('state', models.CharField(choices=[('queued', 'Waiting to be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('answered', 'Answered'), ('bounced', 'Did not arrive'), ('expired', 'Expired'), ('cancelled', 'Cancelled'), ('skipped', 'Not sent'), ('failed', 'Could not be sent')], default='queued', max_length=9)),
                ('skip_reason', models.CharField(blank=True, choices=[('suppressed', 'Asked not to get surveys, or cannot be reached'), ('recent', 'Was asked by this survey a short while ago'), ('no address', 'Has no e-mail address'), ('erased', 'Asked to be forgotten')], max_length=16)),
                ('send_after', models.DateTimeField()),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('sent_day', models.IntegerField(null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('is_bounced', models.BooleanField(default=False)),
                ('is_answered', models.BooleanField(default=False)),
                ('exclusion', models.PositiveSmallIntegerField(choices=[(0, 'Counted'), (1, 'Test or internal account'), (2, 'Spam'), (3, 'Merged into another record'), (4, 'Duplicate'), (5, 'Deleted in the source'), (6, 'Draft'), (7, 'No exchange rate for its currency'), (8, 'Customer is a test account')], default=0)),
                ('created_at', models.DateTimeField()),
                ('added_at', models.DateTimeField(editable=False, null=True)),
                ('agent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='crm.contact')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='crm.customer')),
                ('product', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.product')),
                ('segment', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.member', verbose_name='Segment')),
                ('sent_team', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.team')),
            ],
            options={
                'indexes': [models.Index(fields=['agent', 'sent_day'], name='invite_sent_agent'), models.Index(fields=['channel', 'sent_team', 'sent_day'], name='invite_sent_channel'), models.Index(fields=['state', 'send_after'], name='invite_due'), models.Index(fields=['state', 'expires_at'], name='invite_expiry')],
            },
        ),
        migrations.CreateModel(
            name='InvitationToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('purpose', models.CharField(choices=[('answer', 'Answer'), ('unsubscribe', 'Unsubscribe')], max_length=11)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='surveys.invitation')),
            ],
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200, verbose_name='id in the source')),
                ('exclusion', models.PositiveSmallIntegerField(choices=[(0, 'Counted'), (1, 'Test or internal account'), (2, 'Spam'), (3, 'Merged into another record'), (4, 'Duplicate'), (5, 'Deleted in the source'), (6, 'Draft'), (7, 'No exchange rate for its currency'), (8, 'Customer is a test account')], default=0)),
                ('written_at', models.DateTimeField()),
                ('added_at', models.DateTimeField(editable=False, null=True)),
                ('origin', models.CharField(choices=[('invitation', 'Invitation'), ('shared', 'Shared link'), ('import', 'Import')], max_length=10)),
                ('language', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('answered_at', models.DateTimeField()),
                ('edit_key_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('edit_until', models.DateTimeField(blank=True, null=True)),
                ('void_note', models.CharField(blank=True, max_length=300)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('agent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('answered_team', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.team')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='crm.contact')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='crm.customer')),
                ('import_run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.importrun')),
                ('invitation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='response', to='surveys.invitation')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.source')),
                ('voided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='response_source_id')],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='response',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='surveys.response'),
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('kind', models.CharField(choices=[('csat', 'Satisfaction (CSAT)'), ('nps', 'Recommendation (NPS)'), ('ces', 'Effort (CES)')], max_length=8, verbose_name='kind')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('closed', 'Closed')], default='draft', max_length=8)),
                ('is_imported', models.BooleanField(default=False)),
                ('window_days', models.PositiveSmallIntegerField(default=14, verbose_name='days to answer')),
                ('cooldown_days', models.PositiveSmallIntegerField(default=30, verbose_name='days until the same person is asked again')),
                ('draft', models.JSONField(default=dict)),
                ('shared_key', models.CharField(default=surveys.models.surveys.shared_key, editable=False, max_length=32, unique=True)),
                ('is_shared', models.BooleanField(default=False, verbose_name='anybody with the link may answer')),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='accounts.team', verbose_name='team')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='response',
            name='survey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='surveys.survey'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='survey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='surveys.survey'),
        ),
        migrations.AddField(
            model_name='answer',
            name='survey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='surveys.survey'),
        ),
        migrations.CreateModel(
            name='SurveyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('content', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='surveys.survey')),
            ],
            options={
                'ordering': ['survey', '-number'],
                'constraints': [models.UniqueConstraint(fields=('survey', 'number'), name='survey_version_number')],
            },
        ),
        migrations.AddField(
            model_name='survey',
            name='version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.surveyversion'),
        ),
        migrations.AddField(
            model_name='response',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='surveys.surveyversion'),
        ),
        migrations.AddField(
            model_name='question',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='surveys.surveyversion'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='surveys.surveyversion'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(fields=['survey', 'answered_team', 'answered_day'], name='answer_answered_survey'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('response', 'question'), name='question_answered_once'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), models.Q(('value__gte', models.F('low')), ('value__lte', models.F('high'))), _connector='OR'), name='answer_on_its_scale'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'live'), _negated=True), ('version__isnull', False), _connector='OR'), name='live_survey_has_a_version'),
        ),
        migrations.AddIndex(
            model_name='response',
            index=models.Index(fields=['survey', '-answered_at'], name='response_of_survey'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invitation__isnull', False), ('origin', 'invitation')), models.Q(models.Q(('origin', 'invitation'), _negated=True), ('invitation__isnull', True)), _connector='OR'), name='response_has_its_invitation'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('version', 'key'), name='question_key'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('high__isnull', True), ('low__isnull', True), ('top_from__isnull', True)), models.Q(('low__lt', models.F('high')), ('top_from__gte', models.F('low')), ('top_from__lte', models.F('high'))), _connector='OR'), name='question_scale'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'nps'), _negated=True), models.Q(('high', 10), ('low', 0)), _connector='OR'), name='nps_is_0_to_10'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['survey', 'sent_team', 'sent_day'], name='invite_sent_survey'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['survey', '-created_at'], name='invite_of_survey'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['address_hash', 'survey', 'created_at'], name='invite_clock'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('survey', 'request_key'), name='invited_once_for_a_request'),
        ),
    ]
