"""The builder: two boxes of measures, or a formula, and who may read the metric."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from crmkpi.lib.numbers import Unit
from metrics.custom.checking import MOST_MEMBERS, unit_name
from metrics.custom.definitions import FORMULA, RATIO, Definition, Line
from metrics.custom.errors import Faults
from metrics.custom.models import CustomMetric
from metrics.custom.offered import OFFERED, chapters
from metrics.custom.sharing import TEAM
from metrics.dimensions import DIMENSIONS, Cut, Dimension
from metrics.formula import LONGEST
from metrics.metric import Better
from metrics.splits import in_use

LINES = 3  # of each box
SIDES = ("above", "below")
RATIO_UNITS = (Unit.PERCENT, Unit.RATIO, Unit.MONEY, Unit.SECONDS, Unit.DAYS)
NAMED = 12  # members that an error message lists
UNASSIGNED = "unassigned"


class MetricForm(forms.Form):
    """What both ways of making a metric ask for."""

    kind = ""
    units: tuple[Unit, ...] = tuple(Unit)

    title = forms.CharField(label=_("Name"), max_length=120)
    text = forms.CharField(
        label=_("What it says"),
        help_text=_("In one plain sentence, for those who read it."),
        max_length=500,
        required=False,
    )
    unit = forms.ChoiceField(label=_("Unit"))
    better = forms.ChoiceField(
        label=_("Better"),
        choices=[
            (Better.HIGHER.value, _("the higher")),
            (Better.LOWER.value, _("the lower")),
            (Better.RANGE.value, _("within a range")),
            (Better.NONE.value, _("neither")),
        ],
    )
    min_n = forms.IntegerField(
        label=_("Enough to judge"),
        help_text=_("Rows below which a value is shown in grey. 30 suits shares."),
        min_value=0,
        max_value=1_000_000,
        initial=30,
    )
    sharing = forms.ChoiceField(
        label=_("Shared with"),
        choices=CustomMetric.Sharing.choices,
        initial=CustomMetric.Sharing.PRIVATE,
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        to_field_name="slug",
        required=False,
        empty_label=_("No team"),
    )
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, access: Access, team: Team | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        mine = set(access.managed_team_ids) | ({team.pk} if team else set())
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.filter(pk__in=mine).order_by("name")
        units: Any = self.fields["unit"]
        units.choices = [(unit.value, unit_name(unit)) for unit in self.units]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("sharing") != TEAM:
            cleaned["team"] = None
        return cleaned

    def definition(self) -> Definition:
        """Return what was filled in; of an invalid form as much as can be read."""
        given = self.cleaned_data
        return Definition(
            kind=self.kind,
            title=given.get("title", "").strip(),
            text=given.get("text", "").strip(),
            unit=Unit(given.get("unit") or self.units[0]),
            better=Better(given.get("better") or Better.NONE),
            min_n=given.get("min_n") or 0,
            **self.calculation(),
        )

    def calculation(self) -> dict[str, Any]:
        raise NotImplementedError

    def refuse(self, faults: Faults) -> None:
        """Put the sentences of a service beside their fields."""
        for name, sentence in faults.items():
            field = f"{name}_1_measure" if name in SIDES else name
            self.add_error(field if field in self.fields else None, str(sentence))


class FormulaForm(MetricForm):
    """A formula over the values of metrics."""

    kind = FORMULA
    units = tuple(Unit)
    formula = forms.CharField(
        label=_("Formula"),
        help_text=_(
            "Keys of metrics with + - * / and brackets; min, max, abs, round, "
            "coalesce, safe_div; a if x > 0 else b."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}
        ),
    )

    def calculation(self) -> dict[str, Any]:
        return {"formula": self.cleaned_data.get("formula", "")}


class RatioForm(MetricForm):
    """One sum of measures divided by another."""

    kind = RATIO
    units = RATIO_UNITS

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        cuts = _dimensions()
        for side in SIDES:
            for at in range(1, LINES + 1):
                self._add_line(f"{side}_{at}", cuts, is_first=at == 1)

    def _add_line(
        self, name: str, cuts: list[tuple[Any, Any]], *, is_first: bool
    ) -> None:
        self.fields[f"{name}_measure"] = forms.ChoiceField(
            label=_("Measure"),
            choices=[("", _("None") if not is_first else _("Choose …")), *_measures()],
            required=is_first,
        )
        self.fields[f"{name}_cut"] = forms.ChoiceField(
            label=_("Only of one"), choices=cuts, required=False
        )
        self.fields[f"{name}_members"] = forms.CharField(
            label=_("Which"),
            help_text=_("Names, separated by commas."),
            max_length=2_000,
            required=False,
        )

    def boxes(self) -> list[tuple[str, list[tuple[bool, list[Any]]]]]:
        """Return the fields for a page: by side its lines, whether each is filled."""
        return [(side, [self._line_of(side, at) for at in _places()]) for side in SIDES]

    def _line_of(self, side: str, at: int) -> tuple[bool, list[Any]]:
        names = [f"{side}_{at}_{part}" for part in ("measure", "cut", "members")]
        fields = [self[name] for name in names]
        return bool(fields[0].value()), fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.lines: dict[str, tuple[Line, ...]] = {
            side: tuple(self._read(side, cleaned)) for side in SIDES
        }
        return cleaned

    def _read(self, side: str, given: dict[str, Any]) -> Iterator[Line]:
        for at in _places():
            name = f"{side}_{at}"
            measure = given.get(f"{name}_measure")
            cut = int(given.get(f"{name}_cut") or 0)
            members = given.get(f"{name}_members", "")
            if not measure:
                continue
            if not cut and members.strip():
                self.add_error(f"{name}_cut", _t("Say of what these are."))
            if cut:
                found = self._members(f"{name}_members", DIMENSIONS[Cut(cut)], members)
                yield Line(measure, cut, found)
            else:
                yield Line(measure)

    def _members(self, field: str, dimension: Dimension, text: str) -> tuple[int, ...]:
        names = [each.strip() for each in text.split(",") if each.strip()]
        found: list[int] = []
        for name in names[: MOST_MEMBERS + 1]:
            is_none = name.lower() in (UNASSIGNED, _t("Unassigned").lower())
            member = 0 if is_none else dimension.member_id(name)
            if member is None:
                self.add_error(field, _unknown(dimension, name))
                return ()
            found.append(member)
        if not found:
            self.add_error(field, _t("Name at least one."))
        return tuple(dict.fromkeys(found))

    def calculation(self) -> dict[str, Any]:
        return dict(getattr(self, "lines", {}))


FORMS: dict[str, type[MetricForm]] = {RATIO: RatioForm, FORMULA: FormulaForm}


def initial_of(definition: Definition, metric: CustomMetric) -> dict[str, Any]:
    """Return what a form starts with, names instead of ids. Queries: 1 a dimension."""
    found: dict[str, Any] = {
        "title": definition.title,
        "text": definition.text,
        "unit": definition.unit.value,
        "better": definition.better.value,
        "min_n": definition.min_n,
        "formula": definition.formula,
        "sharing": metric.sharing,
        "team": metric.team.slug if metric.team else "",
    }
    for side, lines in (("above", definition.above), ("below", definition.below)):
        for at, line in enumerate(lines, start=1):
            found[f"{side}_{at}_measure"] = line.measure
            if line.cut:
                labels = DIMENSIONS[Cut(line.cut)].labels(line.members)
                names = [labels.get(each, "?") for each in line.members]
                found[f"{side}_{at}_cut"] = line.cut
                found[f"{side}_{at}_members"] = ", ".join(names)
    return found


def _places() -> range:
    return range(1, LINES + 1)


def _measures() -> list[tuple[Any, list[tuple[str, Any]]]]:
    return [
        (chapter.title, [(each.key, each.title) for each in chapter.measures])
        for chapter in chapters()
    ]


def _dimensions() -> list[tuple[Any, Any]]:
    used = {
        each.cut: each for measure in OFFERED.values() for each in measure.dimensions
    }
    named = sorted((str(each.label), int(each.cut)) for each in in_use(used.values()))
    return [("", _("All")), *((cut, label) for label, cut in named)]


def _unknown(dimension: Dimension, name: str) -> str:
    """Say that a member does not exist, and which do. Queries: 1 or none."""
    fault = _t("There is no %(dimension)s “%(name)s”.") % {
        "dimension": str(dimension.label).lower(),
        "name": name[:80],
    }
    if dimension.choices is not None:
        known = [str(each.label) for each in dimension.choices]
    else:
        column = dimension.names[0]
        rows = dimension.members().order_by(column)
        known = list(rows.values_list(column, flat=True)[: NAMED + 1])
    if not known:
        return fault
    shown = ", ".join(known[:NAMED]) + (", …" if len(known) > NAMED else "")
    return f"{fault} " + _t("There are: %(names)s.") % {"names": shown}
