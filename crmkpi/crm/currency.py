"""Whether amounts are stored, so that the organisation's currency must stay."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from crmkpi.accounts.signals import currency_in_use
from crmkpi.crm.models import Contract, Cost, FxRate, Opportunity, Order, Product


@receiver(currency_in_use, dispatch_uid="crm.currency_in_use")
def amounts_are_stored(**kwargs: Any) -> bool:
    """Return whether any row holds money or a rate into it. Queries: 1 to 6."""
    return (
        FxRate.objects.exists()
        or Product.objects.exclude(list_price=None).exists()
        or Contract.objects.exclude(monthly_amount=None).exists()
        or any(
            model.objects.filter(~Q(amount=None) | ~Q(original_amount=None)).exists()
            for model in (Opportunity, Order, Cost)
        )
    )
