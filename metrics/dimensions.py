"""What numbers are split by: the cuts of the cells and the names of their members."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.db.models import IntegerChoices, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from crmkpi.crm.models import Campaign, Channel, Member, Product, SlaClock, Stage
from surveys.models import Survey

NOBODY = "unassigned"  # in addresses: the rows without a member


class Cut(IntEnum):
    """Whose cell it is; the numbers are stored, so they never change."""

    COMPANY = 1
    TEAM = 2
    AGENT = 3
    REGION = 10
    INDUSTRY = 11
    PRODUCT = 12
    CHANNEL = 13
    CAMPAIGN = 14
    SEGMENT = 15
    TYPE = 16
    STAGE = 17
    POLICY = 18
    SURVEY = 19
    TOPIC = 20
    PROCESS = 21
    CLOCK = 22
    CLIENT = 23


@dataclass(frozen=True)
class Dimension:
    """One way to split: its key in scopes, its column in facts, its members."""

    cut: Cut
    key: str
    label: str | Promise
    column: str  # of the fact, without _id
    model: type[Model] | None = None  # where members live, when they are rows
    choices: type[IntegerChoices] | None = None  # or a fixed list
    names: tuple[str, ...] = ("name",)  # the columns a member may be called by

    def member_id(self, name: str) -> int | None:
        """Return the id of the member so called, None when there is none.

        Queries: 1, none for a fixed list.
        """
        wanted = name.strip()
        if self.choices is not None:
            return _choice(self.choices, wanted)
        called = self.members().filter(self._called(wanted)).order_by("pk")
        found: int | None = called.values_list("pk", flat=True).first()
        return found

    def labels(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the names of members; 0, the rows without one, has its own name.

        Queries: 1, none for a fixed list.
        """
        none = {0: str(_("Unassigned"))}
        if self.choices is not None:
            return {choice.value: str(choice.label) for choice in self.choices}
        found = self.members().filter(pk__in=set(ids) - {0})
        return none | dict(found.values_list("pk", self.names[0]))

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Return what members are called in addresses, the same in every language.

        Queries: 1, none for a fixed list.
        """
        if self.choices is not None:
            return {choice.value: choice.name.lower() for choice in self.choices}
        return self.labels(ids) | {0: NOBODY}

    def members(self) -> QuerySet[Any]:
        """Return the rows that are members; a fixed list has none (TypeError)."""
        if self.model is None:
            raise TypeError(f"the members of {self.key} are a fixed list")
        rows = self.model._default_manager.all()
        return rows.filter(dimension=self.key) if self.model is Member else rows

    def _called(self, name: str) -> Q:
        called = Q()
        for column in self.names:
            called |= Q(**{f"{column}__iexact": name})
        return called


def _choice(choices: type[IntegerChoices], wanted: str) -> int | None:
    """Return the value of a fixed list by its name or by its label in any language."""
    text = wanted.casefold()
    for choice in choices:
        if text == choice.name.casefold():
            return int(choice.value)
    for language, _name in settings.LANGUAGES:
        with override(language):
            for choice in choices:
                if text == str(choice.label).casefold():
                    return int(choice.value)
    return None


def _open(cut: Cut, kind: Member.Dimension) -> Dimension:
    return Dimension(cut, kind.value, kind.label, kind.value, model=Member)


DIMENSIONS: dict[Cut, Dimension] = {
    dimension.cut: dimension
    for dimension in (
        _open(Cut.REGION, Member.Dimension.REGION),
        _open(Cut.INDUSTRY, Member.Dimension.INDUSTRY),
        _open(Cut.SEGMENT, Member.Dimension.SEGMENT),
        _open(Cut.TYPE, Member.Dimension.TYPE),
        _open(Cut.TOPIC, Member.Dimension.TOPIC),
        _open(Cut.POLICY, Member.Dimension.POLICY),
        _open(Cut.PROCESS, Member.Dimension.PROCESS),
        _open(Cut.CLIENT, Member.Dimension.CLIENT),
        Dimension(
            Cut.PRODUCT,
            "product",
            _("Product"),
            "product",
            model=Product,
            names=("name", "external_id"),
        ),
        Dimension(
            Cut.CAMPAIGN,
            "campaign",
            _("Campaign"),
            "campaign",
            model=Campaign,
            names=("name", "external_id"),
        ),
        Dimension(Cut.STAGE, "stage", _("Stage"), "stage", model=Stage),
        Dimension(
            Cut.SURVEY,
            "survey",
            _("Survey"),
            "survey",
            model=Survey,
            names=("name", "slug"),
        ),
        Dimension(Cut.CHANNEL, "channel", _("Channel"), "channel", choices=Channel),
        Dimension(Cut.CLOCK, "clock", _("Promise"), "kind", choices=SlaClock.Kind),
    )
}

BY_KEY: dict[str, Dimension] = {each.key: each for each in DIMENSIONS.values()}
