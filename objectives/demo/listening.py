"""What Fjordlight listens for in comments, and which answers it gets back to."""

from datetime import datetime, timedelta

from surveys.models import FollowUpRule, Survey
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
