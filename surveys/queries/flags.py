"""Which answers are flagged, and why."""

from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr

from crmkpi.accounts.models import User
from crmkpi.crm.models import Exclusion
from surveys.flags import FREE_MAIL, QUICK, Flag
from surveys.models import Response
from surveys.models.invitations import Means


def with_flags(rows: QuerySet[Response]) -> QuerySet[Response]:
    """Return responses with a truth value for each flag.

    Two are computed here from what is stored anyway, so that taking an answer costs
    nothing more; is_one_of_several is a column.

    Time: from when the mail server took the first mail to the answer.
    Empty: an answer that nobody was invited to is neither quick nor a colleague's.
    """
    found: QuerySet[Any] = rows.alias(
        address_domain=_domain_in("invitation__address")
    ).annotate(
        is_quick=Q(
            invitation__means=Means.MAIL,
            answered_at__lt=F("invitation__sent_at") + QUICK,
        ),
        is_colleague=Q(address_domain__in=_domains_of_colleagues()),
    )
    return found


def flagged(rows: QuerySet[Response]) -> QuerySet[Response]:
    """Return what of responses with flags has one."""
    has_one = Q()
    for flag in Flag:
        has_one |= Q((flag.value, True))
    return rows.filter(has_one)


def to_look_at(rows: QuerySet[Response]) -> QuerySet[Response]:
    """Return what has a flag, still counts, and nobody looked at."""
    return flagged(rows).filter(exclusion=Exclusion.NONE, flag_look=None)


def flags_of(response: Response) -> tuple[Flag, ...]:
    """Return the flags of a response that came with them."""
    return tuple(flag for flag in Flag if getattr(response, flag.value))


def _domains_of_colleagues() -> QuerySet[Any]:
    colleagues = User.objects.filter(is_active=True, email__isnull=False)
    found: QuerySet[Any] = colleagues.order_by().annotate(domain=_domain_in("email"))
    return found.exclude(domain__in=FREE_MAIL).values("domain")


def _domain_in(column: str) -> Lower:
    """Return what stands behind the @ of an address."""
    return Lower(Substr(column, StrIndex(column, Value("@")) + 1))
