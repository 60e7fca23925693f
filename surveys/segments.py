"""What rules of segments can look at in surveys: the last score of a customer."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.segments.fields import Field, Sight, register
from crmkpi.crm.segments.rules import COMPARING, Condition, How, Shape
from surveys.models import Answer
from surveys.scoring import Kind

GROUP = _("What they said")


def register_scores() -> None:
    """Make the last score of each kind known to rules."""
    register(
        (
            _last_score("last_nps", _("Last recommendation score (NPS)"), Kind.NPS, 10),
            _last_score(
                "last_csat", _("Last satisfaction score (CSAT)"), Kind.CSAT, 10
            ),
            _last_score("last_ces", _("Last effort score (CES)"), Kind.CES, 7),
        )
    )


def _last_score(key: str, label: str | Promise, kind: Kind, most: int) -> Field:
    def finds(condition: Condition, sight: Sight) -> Q:
        last = (
            Answer.objects.filter(
                response__customer=OuterRef("pk"),
                kind=kind.value,
                value__isnull=False,
                exclusion=0,
                answered_day__lte=sight.today,
            )
            .order_by("-answered_at", "-pk")
            .values("value")[:1]
        )
        if condition.how is How.UNKNOWN:
            return ~Q(Exists(last))
        compares = (
            GreaterThanOrEqual if condition.how is How.AT_LEAST else LessThanOrEqual
        )
        return Q(compares(Subquery(last), condition.number))

    shape = Shape(key, label, (*COMPARING, How.UNKNOWN), most=Decimal(most))
    return Field(shape, GROUP, finds)
