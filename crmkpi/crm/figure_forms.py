"""Forms in which people enter figures from outside."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.forms import DayField
from crmkpi.crm.figures import (
    AUDIT,
    BRAND,
    COMPARABLE,
    KIND_NAMES,
    MARKET_SIZE,
    Kind,
    plain,
)
from crmkpi.crm.ingest.mapping import TableMapping
from crmkpi.crm.models import MarketFigure
from crmkpi.crm.services.figures import Content
from crmkpi.crm.uploads import TableFileForm
from crmkpi.lib.periods import from_day

MOST = Decimal(10) ** 15
one_line = RegexValidator(
    r"^[^\x00-\x1f\x7f]*\Z", _("This must fit on one line."), code="one_line"
)


def number(label: Any, help_text: Any = "", **options: Any) -> forms.DecimalField:
    """Return a field for a number, with up to four decimals if nothing else is said."""
    options.setdefault("decimal_places", 4)
    options.setdefault("max_value", MOST)
    return forms.DecimalField(
        label=label, help_text=help_text, max_digits=20, **options
    )


class FigureForm(forms.Form):
    """What every figure has: its days and where it comes from."""

    key = ""  # of the figure, where there is but one of the kind

    first_day = DayField(label=_("First day it holds for"))
    last_day = DayField(
        label=_("Last day it holds for"),
        help_text=_("It counts for these days and is never carried on beyond them."),
    )
    origin = forms.CharField(
        label=_("Where it comes from"),
        help_text=_(
            "A report, a panel, a website, and how it was measured: so that others can "
            "look it up."
        ),
        max_length=300,
        validators=[one_line],
    )

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(*args, **options)
        self.order_fields(
            ["metric", "subject", "value", "out_of", "first_day", "last_day"]
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first is not None and last is not None and last < first:
            self.add_error("last_day", _("This lies before the first day."))
        return given

    def content(self) -> Content:
        """Return what was entered; call it after is_valid."""
        given = self.cleaned_data
        return Content(
            metric_key=given.get("metric") or self.key,
            subject=given.get("subject", ""),
            value=given["value"],
            out_of=None if given.get("out_of") is None else int(given["out_of"]),
            unit=self.unit(),
            first_day=given["first_day"],
            end_day=given["last_day"] + 1,
            origin=given["origin"],
        )

    def unit(self) -> str:
        return ""


class MarketSizeForm(FigureForm):
    key = MARKET_SIZE
    value = number(_("What the whole market bought"), min_value=Decimal("0.01"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"].help_text = _("In %(currency)s, over all of its days.") % {
            "currency": self.currency
        }

    def unit(self) -> str:
        return self.currency


class CompetitorForm(FigureForm):
    metric = forms.ChoiceField(label=_("What was measured"))
    subject = forms.CharField(
        label=_("Competitor"),
        help_text=_("Spell it alike each time: figures are told apart by it."),
        max_length=200,
        validators=[one_line],
    )
    value = number(_("Value"), min_value=-MOST)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a metric")),
            *sorted(
                (
                    (key, _with_unit(title, unit))
                    for key, (title, unit) in COMPARABLE.items()
                ),
                key=lambda choice: choice[1],
            ),
        ]


class BrandForm(FigureForm):
    metric = forms.ChoiceField(label=_("Component"), choices=list(BRAND.items()))
    value = number(_("Value"), _("0 to 100."), min_value=0, max_value=100)


class AuditForm(FigureForm):
    key = AUDIT
    subject = forms.CharField(
        label=_("What was checked"),
        help_text=_("The record and field, such as “customer, industry”."),
        max_length=200,
        validators=[one_line],
    )
    value = number(_("Fields confirmed right"), min_value=0, decimal_places=0)
    out_of = number(_("Fields checked"), min_value=1, decimal_places=0)
    first_day = DayField(label=_("Day of the check"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["last_day"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        right, checked = given.get("value"), given.get("out_of")
        if right is not None and checked is not None and right > checked:
            self.add_error("value", _("More fields are right than were checked."))
        given["last_day"] = given.get("first_day")
        return given


FORMS: dict[Kind, type[FigureForm]] = {
    Kind.MARKET: MarketSizeForm,
    Kind.COMPETITOR: CompetitorForm,
    Kind.BRAND: BrandForm,
    Kind.AUDIT: AuditForm,
}


class FiguresFileForm(TableFileForm):
    """A file with one figure in each row."""

    decimal = forms.ChoiceField(
        label=_("Numbers look like"), choices=[(".", "1,234.50"), (",", "1.234,50")]
    )

    def mapping(self) -> TableMapping:
        """Return how the file is read; call it after is_valid."""
        given = self.cleaned_data
        return TableMapping(date_order=given["date_order"], decimal=given["decimal"])


class FiguresFilter(forms.Form):
    """What the list of figures is narrowed down to, from the address."""

    q = forms.CharField(
        label=_("Figure, of whom or source"),
        max_length=100,
        required=False,
        widget=forms.SearchInput,
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("", _("All kinds")),
            *((kind.value, name) for kind, name in KIND_NAMES.items()),
        ],
        required=False,
    )

    def wanted(self) -> dict[str, str]:
        """Return the arguments of queries.figures; the unreadable is left out."""
        self.is_valid()
        given = self.cleaned_data
        return {"text": given.get("q", ""), "kind": given.get("kind", "")}


def initial_of(figure: MarketFigure) -> dict[str, Any]:
    """Return a stored figure as the form shows it."""
    return {
        "metric": figure.metric_key,
        "subject": figure.subject,
        "value": plain(figure.value),
        "out_of": plain(figure.out_of),
        "first_day": from_day(figure.first_day),
        "last_day": from_day(figure.end_day - 1),
        "origin": figure.origin,
    }


def _with_unit(title: Any, unit: Any) -> str:
    return f"{title} ({unit})" if unit else str(title)
