"""What Fjordlight listens for in comments, and which answers it gets back to."""

from datetime import datetime, timedelta

from objectives.demo.story import day_of
from surveys.closing.responsible import Responsible
from surveys.models import Answer, CommentRelease, FollowUpRule, Survey
from surveys.queries.releases import LOOK_BACK_DAYS
from surveys.scoring import Kind
from surveys.services.themes import save_theme

# Names and words, in the three languages that its customers write.
THEMES = {
    "Waiting": "wait*, took a while, called me back, warte*, gedauert, zurückgerufen, "
    "أنتظر, وقتًا, لم يتصل",
    "Passed on": "passed on, twice, weiterverbunden, zweimal, مرتين",
    "Replacement": "replacement, ersatz, البديل",
    "Clear help": "clear*, help*, erklärt, hilfe, واضح",
}


RULE_AGE = timedelta(days=14)  # what was answered before it is nobody's work


def listen(survey: Survey, *, now: datetime, as_of: datetime) -> None:
    """Give a survey its themes and the rule for low scores, unless it has them."""
    if not survey.themes.exists():
        for name, words in THEMES.items():
            save_theme(survey, name=name, words=words, actor=None, now=now)
    FollowUpRule.objects.get_or_create(
        survey=survey,
        name="Low score",
        defaults={"when": FollowUpRule.When.LOW, "created_at": as_of - RULE_AGE},
    )


def pass_on(survey: Survey, *, now: datetime) -> None:
    """Let leads pass on every second comment of the last quarter to its agent."""
    day = day_of(now)
    people = Responsible.load(day)
    comments = Answer.objects.counted().filter(
        survey=survey,
        kind=Kind.TEXT.value,
        agent__isnull=False,
        answered_day__gt=day - LOOK_BACK_DAYS,
    )
    told = comments.exclude(text="").order_by("pk")
    CommentRelease.objects.bulk_create(
        (
            CommentRelease(
                response_id=response_id,
                released_at=now,
                released_by_id=people.lead(team_id),
            )
            for response_id, team_id in told.values_list(
                "response_id", "answered_team_id"
            )[::2]
        ),
        batch_size=500,
        ignore_conflicts=True,
    )
