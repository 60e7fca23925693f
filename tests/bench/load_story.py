"""What happens inside the installation under load: `-m tests.bench.load_story X`."""

import sys
from collections import Counter
from pathlib import Path

import django

django.setup()

from django.db.models import Count, Q
from django.utils import timezone

from crmkpi.accounts.queries import get_organisation
from metrics.models import DirtyKey
from surveys.models import FollowUpRule, InvitationToken, Response, Survey
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish
from surveys.tokens import hash_of
from tests.bench.mailed import mailed_links


def ask() -> str:
    """Publish a survey with a rule for following up."""
    team, now = get_organisation().root_team, timezone.now()
    assert team is not None
    survey = create_survey(
        name="Load", kind=Kind.CSAT, team=team, brand="Load", actor=None, now=now
    )
    publish(survey, actor=None, now=now)
    FollowUpRule.objects.create(survey=survey, name="Low", created_at=now)
    return "asked"


def links(people: str, step: str) -> str:
    """Print the secrets of links that were mailed to so many people."""
    survey, now = Survey.objects.get(), timezone.now()
    return "\n".join(mailed_links(survey, int(people), request=step, now=now))


def check(file: str) -> str:
    """Print how many taken answers are not stored, and how many others are.

    The file holds the links whose answers were taken, one a line. A link has one
    response and a response one answer, or the answer counts as lost.
    """
    taken = [hash_of(token) for token in Path(file).read_text().split()]
    invited = dict(InvitationToken.objects.values_list("token_hash", "invitation"))
    whole = Response.objects.annotate(
        answered=Count("answers", filter=Q(answers__value=4))
    ).filter(answered=1)
    stored = Counter(whole.values_list("invitation", flat=True))
    lost = [token for token in taken if stored[invited[token]] != 1]
    return f"{len(lost)} {Response.objects.count() - len(taken) + len(lost)}"


def waiting() -> str:
    """Print how many keys of cells wait for the worker."""
    return str(DirtyKey.objects.count())


if __name__ == "__main__":
    sys.stdout.write(globals()[sys.argv[1]](*sys.argv[2:]))
