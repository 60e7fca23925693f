"""Replies to the questions after the score as the page of a survey prints them."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.lib.charts import hbar
from crmkpi.lib.numbers import Figure, Unit, figure
from surveys.queries.extras import ExtraResult, OptionCount


@dataclass(frozen=True)
class OptionBar:
    option: OptionCount
    share: Figure
    drawing: SafeString


def extra_panels(
    results: list[ExtraResult],
) -> list[tuple[ExtraResult, list[OptionBar]]]:
    """Return each question with the bars of its options."""
    return [
        (result, [_bar(option, result.n) for option in result.options])
        for result in results
    ]


def _bar(option: OptionCount, total: int) -> OptionBar:
    title = _("%(n)d of %(total)d") % {"n": option.n, "total": total}
    share = figure(100 * option.share if total else None, Unit.PERCENT)
    return OptionBar(option, share, hbar(share=option.share, title=title))
