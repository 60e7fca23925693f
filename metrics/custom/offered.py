"""The measures that people choose from, as their axes declare them in words."""

from dataclasses import dataclass

from django.utils.text import capfirst

from crmkpi.lib.numbers import Unit
from metrics.dimensions import DIMENSIONS, Dimension
from metrics.measures import AXES
from metrics.measures.base import Cells, Text


@dataclass(frozen=True)
class Offered:
    """One measure as people choose it."""

    axis: type[Cells]
    name: str
    label: Text  # in the plural, as it reads within a sentence: "tickets opened"
    unit: Unit = Unit.COUNT  # of its sum

    @property
    def key(self) -> str:
        """Return its name in definitions, for example "ticketsopened.rows"."""
        return f"{self.axis._meta.model_name}.{self.name}"

    @property
    def title(self) -> str:
        return capfirst(str(self.label))

    @property
    def dimensions(self) -> list[Dimension]:
        """Return what it can be narrowed down by."""
        return [DIMENSIONS[cut] for cut in self.axis.cuts]


@dataclass(frozen=True)
class Chapter:
    """The measures of one axis."""

    title: Text  # "Tickets, on the day they were opened"
    measures: tuple[Offered, ...]


def _chapter(axis: type[Cells]) -> Chapter:
    found = (
        Offered(axis, each.name, each.label, each.measured_in)
        for each in axis.measures()
        if each.label
    )
    return Chapter(axis.title, tuple(found))


def chapters() -> list[Chapter]:
    """Return what can be chosen, in the order of the titles as they are read here."""
    return sorted(CHAPTERS, key=lambda chapter: str(chapter.title).casefold())


CHAPTERS: tuple[Chapter, ...] = tuple(
    _chapter(axis) for axis in AXES.values() if axis.title
)
OFFERED: dict[str, Offered] = {
    each.key: each for chapter in CHAPTERS for each in chapter.measures
}
WITHOUT_AGENTS = frozenset(  # whose rows are nobody's
    key for key, axis in AXES.items() if getattr(axis.fact, "agent_path", None) is None
)
