"""What lists are narrowed down to, from the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.models import ImportRun, Member, Source
from crmkpi.crm.queries.customers import SORTS


def member_choice(dimension: Member.Dimension) -> forms.ModelChoiceField:
    """Return a field to choose a member of an open dimension."""
    return forms.ModelChoiceField(
        Member.objects.filter(dimension=dimension),
        label=dimension.label,
        required=False,
        empty_label=_("All"),
    )


class CustomersFilter(forms.Form):
    """What the list of customers is narrowed down to."""

    q = forms.CharField(
        label=_("Name or id"),
        max_length=100,
        required=False,
        widget=forms.SearchInput,
    )
    industry = member_choice(Member.Dimension.INDUSTRY)
    region = member_choice(Member.Dimension.REGION)
    segment = member_choice(Member.Dimension.SEGMENT)
    won = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), ("yes", _("Customers")), ("no", _("Not yet won"))],
        required=False,
    )
    sort = forms.ChoiceField(
        choices=[(key, key) for key in SORTS],
        required=False,
        widget=forms.HiddenInput,
    )

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of queries.customers; the unreadable is left out."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("q", ""),
            "industry": given.get("industry"),
            "region": given.get("region"),
            "segment": given.get("segment"),
            "won": {"yes": True, "no": False}.get(given.get("won", "")),
            "sort": given.get("sort") or "name",
        }


class ImportsFilter(forms.Form):
    """What the list of imports is narrowed down to."""

    source = forms.ModelChoiceField(
        Source.objects.all(),
        label=_("Source"),
        to_field_name="slug",
        required=False,
        empty_label=_("All sources"),
    )
    record = forms.ChoiceField(label=_("Record"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All states")), *ImportRun.State.choices],
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        records = [(name, record.label) for name, record in RECORDS.items()]
        self.fields["record"].choices = [("", _("All records")), *records]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of queries.imports; the unreadable is left out."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "source": given.get("source"),
            "record": given.get("record", ""),
            "state": given.get("state", ""),
        }
