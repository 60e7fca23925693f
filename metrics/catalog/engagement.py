"""Engagement: whom the channels reach, and what people do then."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import engagement as advice
from metrics.expressions import Amount, PerDay, Ratio
from metrics.measures.engagement import EngagementDays
from metrics.measures.interactions import Interactions
from metrics.metric import Above, Better, Metric

TESTS = _("Days without a figure, which are not taken for 0; test rows.")
DAYS = _("daily figures")
NOT_ADDED = _(
    "People of a day are told apart, people of two days are not: daily figures are "
    "averaged, as a sum would count those twice who come back."
)

engagement_rate = Metric(
    expression=Ratio(
        EngagementDays.engagements, EngagementDays.reach, count=EngagementDays.reached
    ),
    above=Above.WITHIN,
    title=_("Engagement rate"),
    text=_("How many of those whom a channel reached did something."),
    formula=_("engagements ÷ reach"),
    includes=_(
        "Days with both figures. Reach is what the channel declares: mails sent, posts "
        "shown, app users; over days and channels both sides are added up."
    ),
    excludes=_("Days with only one of the two figures; test rows."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Clicks, likes and replies per contact; compare within one channel."),
    advice=advice.ENGAGEMENT_RATE,
    numerator=_("engagements"),
    denominator=DAYS,
    agents=False,
)

website_visits = Metric(
    expression=Amount(EngagementDays.visits, EngagementDays.visited),
    title=_("Website visits"),
    text=_("Visits to the website."),
    formula=_("sum of the visits of all days"),
    includes=_("Every visit, also several by one person."),
    excludes=TESTS,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Sum of daily counts."),
    advice=advice.WEBSITE_VISITS,
    numerator=_("visits"),
    denominator=DAYS,
    min_n=0,
    agents=False,
)

website_visitors = Metric(
    expression=PerDay(
        EngagementDays.visitors, is_worked=True, count=EngagementDays.counted
    ),
    reading_units=(("days", Unit.COUNT),),
    title=_("Website visitors"),
    text=_("People who visit the website on an average day."),
    formula=_("visitors of all days ÷ days with a figure"),
    includes=_("Days for which the source tells how many different people came."),
    excludes=TESTS,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=NOT_ADDED,
    advice=advice.WEBSITE_VISITORS,
    numerator=_("visitors"),
    denominator=DAYS,
    min_n=0,
    agents=False,
)

time_on_site = Metric(
    expression=Ratio(
        EngagementDays.visit_seconds,
        EngagementDays.timed_visits,
        count=EngagementDays.timed,
    ),
    above=Above.WITHIN,
    above_unit=Unit.SECONDS,
    title=_("Time on site"),
    text=_("How long a visit to the website lasts."),
    formula=_("time of all visits ÷ visits"),
    includes=_("Days with both figures; every visit weighs the same."),
    excludes=_("Days with only one of the two figures; test rows."),
    unit=Unit.SECONDS,
    better=Better.HIGHER,
    source=_("Arithmetic mean over visits, not over days."),
    advice=advice.TIME_ON_SITE,
    numerator=_("time"),
    denominator=DAYS,
    agents=False,
)

social_engagements = Metric(
    expression=Amount(EngagementDays.social_engagements, EngagementDays.social),
    title=_("Social engagements"),
    text=_("What people did on social media: likes, shares, comments, clicks."),
    formula=_("sum of engagements on social media"),
    includes=_("Figures of the channel social media, on their day."),
    excludes=TESTS,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Sum of daily counts."),
    advice=advice.SOCIAL_ENGAGEMENTS,
    numerator=_("engagements"),
    denominator=DAYS,
    min_n=0,
    agents=False,
)

app_usage = Metric(
    expression=PerDay(
        EngagementDays.active_users, is_worked=True, count=EngagementDays.used
    ),
    reading_units=(("days", Unit.COUNT),),
    title=_("App usage"),
    text=_("People who use the app on an average day."),
    formula=_("active users of all days ÷ days with a figure"),
    includes=_("Days for which the source tells how many different people came."),
    excludes=TESTS,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=NOT_ADDED,
    advice=advice.APP_USAGE,
    numerator=_("active users"),
    denominator=DAYS,
    min_n=0,
    agents=False,
)

customer_interactions = Metric(
    expression=Amount(Interactions.rows),
    variants=(
        ("channel:phone", Amount(Interactions.phone)),
        ("channel:email", Amount(Interactions.email)),
        ("channel:chat", Amount(Interactions.chat)),
    ),
    title=_("Customer interactions"),
    text=_("Contacts with customers over all channels."),
    formula=_("number of interactions"),
    includes=_("Calls, mails, chats and visits, both ways, on the day they ended."),
    excludes=_("Test contacts and spam."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.CUSTOMER_INTERACTIONS,
    numerator=_("interactions"),
    denominator=_("interactions"),
    min_n=0,
)
