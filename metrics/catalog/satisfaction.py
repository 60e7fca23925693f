"""Customer satisfaction: what customers answer."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import satisfaction as advice
from metrics.expressions import Amount, Balance, Mean
from metrics.measures.answers import Answers, InvitationsSent
from metrics.measures.cohorts_surveys import INVITED
from metrics.metric import SCORE, Better, Metric

ANSWERS_IN = _("The first final answer of each invitation, and imported ratings.")
ANSWERS_OUT = _("Test answers, answers set aside with a reason, skipped questions.")
WINDOW_DAYS = 14  # after which an invitation is no longer expected to be answered


def scores(kind: str, low: int, high: int) -> tuple[tuple[str, Amount], ...]:
    """Return how many answers gave each score of a scale, to stand beside a value."""
    return tuple(
        (f"{SCORE}{value}", Amount(getattr(Answers, f"{kind}_{value}")))
        for value in range(low, high + 1)
    )


def counted(readings: tuple[tuple[str, Amount], ...]) -> tuple[tuple[str, Unit], ...]:
    """Return the unit of readings that are counts."""
    return tuple((name, Unit.COUNT) for name, _amount in readings)


CSAT_MEAN = Mean(
    total=Answers.csat_1
    + 2 * Answers.csat_2
    + 3 * Answers.csat_3
    + 4 * Answers.csat_4
    + 5 * Answers.csat_5,
    count=Answers.csat_1
    + Answers.csat_2
    + Answers.csat_3
    + Answers.csat_4
    + Answers.csat_5,
    squares=Answers.csat_1
    + 4 * Answers.csat_2
    + 9 * Answers.csat_3
    + 16 * Answers.csat_4
    + 25 * Answers.csat_5,
)
CSAT_SCORES = scores("csat", 1, 5)
NPS_SCORES = scores("nps", 0, 10)
CES_SCORES = scores("ces", 1, 7)

csat = Metric(
    expression=Answers.csat_top / Answers.csat,
    variants=(("mean", CSAT_MEAN), *CSAT_SCORES),
    reading_units=(("mean", Unit.SCORE), *counted(CSAT_SCORES)),
    title=_("CSAT"),
    text=_(
        "Share of answers that say satisfied: 4 or 5 of 5, 9 or 10 of 10, or what the "
        "question itself counts as satisfied."
    ),
    formula=_("answers in the top box ÷ answers"),
    includes=ANSWERS_IN,
    excludes=ANSWERS_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_(
        "Top-box CSAT; each question declares from which score it is satisfied. The "
        "mean beside it is of answers from 1 to 5 alone."
    ),
    advice=advice.CSAT,
    numerator=_("satisfied"),
    denominator=_("answers"),
)

csat_mean = Metric(
    expression=CSAT_MEAN,
    variants=CSAT_SCORES,
    reading_units=counted(CSAT_SCORES),
    title=_("CSAT, mean score"),
    text=_(
        "Mean of the scores on the scale from 1 to 5. Other scales are not mixed in."
    ),
    formula=_("sum of scores ÷ answers"),
    includes=ANSWERS_IN,
    excludes=ANSWERS_OUT,
    unit=Unit.SCORE,
    better=Better.HIGHER,
    source=_("Arithmetic mean with a t interval."),
    advice=advice.CSAT_MEAN,
    numerator=_("points"),
    denominator=_("answers"),
    min_n=5,
)

nps = Metric(
    expression=Balance(
        plus=Answers.nps_9 + Answers.nps_10,
        minus=Answers.nps_0
        + Answers.nps_1
        + Answers.nps_2
        + Answers.nps_3
        + Answers.nps_4
        + Answers.nps_5
        + Answers.nps_6,
        count=Answers.nps_0
        + Answers.nps_1
        + Answers.nps_2
        + Answers.nps_3
        + Answers.nps_4
        + Answers.nps_5
        + Answers.nps_6
        + Answers.nps_7
        + Answers.nps_8
        + Answers.nps_9
        + Answers.nps_10,
    ),
    variants=NPS_SCORES,
    reading_units=counted(NPS_SCORES),
    title=_("NPS"),
    text=_("Promoters (9, 10) less detractors (0 to 6), per hundred answers."),
    formula=_("(promoters − detractors) ÷ answers × 100"),
    includes=ANSWERS_IN,
    excludes=ANSWERS_OUT,
    unit=Unit.POINTS,
    better=Better.HIGHER,
    source=_("Net Promoter Score on 0–10; interval by the adjusted Wald method."),
    advice=advice.NPS,
    numerator=_("promoters less detractors"),
    denominator=_("answers"),
    sides=(_("promoters"), _("detractors")),
)

ces = Metric(
    expression=(Answers.ces_5 + Answers.ces_6 + Answers.ces_7)
    / (
        Answers.ces_1
        + Answers.ces_2
        + Answers.ces_3
        + Answers.ces_4
        + Answers.ces_5
        + Answers.ces_6
        + Answers.ces_7
    ),
    variants=(
        (
            "mean",
            Mean(
                total=Answers.ces_1
                + 2 * Answers.ces_2
                + 3 * Answers.ces_3
                + 4 * Answers.ces_4
                + 5 * Answers.ces_5
                + 6 * Answers.ces_6
                + 7 * Answers.ces_7,
                count=Answers.ces_1
                + Answers.ces_2
                + Answers.ces_3
                + Answers.ces_4
                + Answers.ces_5
                + Answers.ces_6
                + Answers.ces_7,
            ),
        ),
        *CES_SCORES,
    ),
    reading_units=(("mean", Unit.SCORE), *counted(CES_SCORES)),
    title=_("CES"),
    text=_("Share of answers that say it was easy: 5, 6 or 7 of 7."),
    formula=_("answers from 5 to 7 ÷ answers"),
    includes=ANSWERS_IN,
    excludes=ANSWERS_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Customer Effort Score 2.0 on 1–7, higher is easier; top-three box."),
    advice=advice.CES,
    numerator=_("easy"),
    denominator=_("answers"),
)

survey_response_rate = Metric(
    expression=InvitationsSent.answered / InvitationsSent.arrived,
    matures_after=WINDOW_DAYS,
    title=_("Survey response rate"),
    text=_("Answered invitations per invitation that arrived and had time to be used."),
    formula=_("answered ÷ (sent − hard bounces)"),
    includes=_("Invitations sent at least 14 days ago, on the day they were sent."),
    excludes=_("Hard bounces; younger invitations; reminders do not count again."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Response rate of matured invitations by the day of sending."),
    advice=advice.SURVEY_RESPONSE_RATE,
    numerator=_("answered"),
    denominator=_("invitations"),
)

survey_coverage = Metric(
    expression=INVITED,
    title=_("Survey coverage"),
    text=_("Of the tickets that were resolved, those a survey asked about."),
    formula=_("tickets asked about ÷ tickets resolved"),
    includes=_(
        "Every ticket on the day it was last resolved, for who resolved it. Asked "
        "about: an invitation about this ticket was sent, whenever that was."
    ),
    excludes=_(
        "Spam, test, merged, duplicate and deleted tickets; invitations that wait or "
        "were not sent; surveys about the relation as a whole."
    ),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of eligible events; here each resolved ticket is one."),
    advice=advice.SURVEY_COVERAGE,
    numerator=_("asked about"),
    denominator=_("tickets resolved"),
)
