"""Make and revoke links that show results without an account."""

from datetime import datetime, timedelta

from django.db import transaction

from crmkpi.accounts.access import Access
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from surveys.models import ResultLink, Survey
from surveys.tokens import hash_of, new_token


@transaction.atomic
def make_result_link(
    survey: Survey,
    *,
    name: str,
    span: str,
    days: int,
    with_comments: bool,
    access: Access,
    actor: User,
    now: datetime,
) -> tuple[ResultLink, str]:
    """Return a link that ends after some days and its token, had only now.

    It shows the answers of the teams that its maker may read today, whatever the
    maker may read later.
    """
    token = new_token()
    link = ResultLink.objects.create(
        survey=survey,
        name=name,
        token_hash=hash_of(token),
        span=span,
        with_comments=with_comments,
        sees_company=access.sees_company,
        team_ids=[] if access.sees_company else sorted(access.team_ids),
        created_at=now,
        created_by=actor,
        expires_at=now + timedelta(days=days),
    )
    write_event(
        "result_link.made",
        subject=f"survey {survey.slug}",
        actor=actor,
        now=now,
        link=link.pk,
        with_comments=with_comments,
        expires=link.expires_at.isoformat(),
    )
    return link, token


@transaction.atomic
def revoke_result_link(link: ResultLink, *, actor: User, now: datetime) -> bool:
    """End a link at once; False when it had ended before."""
    taken = ResultLink.objects.filter(pk=link.pk, revoked_at=None).update(
        revoked_at=now
    )
    if taken:
        write_event(
            "result_link.revoked",
            subject=f"survey {link.survey.slug}",
            actor=actor,
            now=now,
            link=link.pk,
        )
    return bool(taken)
