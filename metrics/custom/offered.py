"""The measures that people choose from, in words, axis by axis."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.dimensions import DIMENSIONS, Dimension
from metrics.measures import AXES
from metrics.measures.base import Cells

Text = str | Promise


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
    agents: bool = True  # whether its rows carry an agent


def _chapter(
    axis: str, title: Text, *, agents: bool = True, **named: Text | tuple[Text, Unit]
) -> Chapter:
    found = []
    for name, said in named.items():
        label, unit = said if isinstance(said, tuple) else (said, Unit.COUNT)
        found.append(Offered(AXES[f"metrics.{axis}"], name, label, unit))
    return Chapter(title, tuple(found), agents)


CHAPTERS: tuple[Chapter, ...] = (
    _chapter(
        "ticketsopened",
        _("Tickets, on the day they were opened"),
        rows=_("tickets opened"),
        complaints=_("complaints opened"),
        same_day=_("tickets resolved on the day they were opened"),
    ),
    _chapter(
        "ticketsreplied",
        _("Tickets, on the day of the first reply"),
        rows=_("tickets replied to"),
        seconds=(_("time to the first reply"), Unit.SECONDS),
    ),
    _chapter(
        "ticketsresolved",
        _("Tickets, on the day they were resolved"),
        rows=_("tickets resolved"),
        settled=_("tickets resolved at the first contact"),
        seconds=(_("time to resolution"), Unit.SECONDS),
    ),
    _chapter(
        "promisesdecided",
        _("Promises, on the day they were met or broken"),
        rows=_("promises decided"),
        met=_("promises met"),
    ),
    _chapter(
        "interactions",
        _("Contacts, on the day they ended"),
        rows=_("contacts of all kinds"),
        phone=_("calls"),
        email=_("e-mails"),
        chat=_("chats"),
        sales_calls=_("sales calls made"),
        offered=_("calls that came in"),
        answered=_("calls answered"),
        in_time=_("calls answered in time"),
        handled=_("contacts handled"),
        talk=(_("time spent talking"), Unit.SECONDS),
        hold=(_("time on hold"), Unit.SECONDS),
        wrap_up=(_("time for wrapping up"), Unit.SECONDS),
        handling=(_("time spent handling"), Unit.SECONDS),
    ),
    _chapter(
        "leadscreated",
        _("Leads, on the day they came in"),
        rows=_("leads created"),
        converted=_("leads that became customers"),
    ),
    _chapter(
        "opportunitiesopened",
        _("Deals, on the day they were opened"),
        rows=_("deals opened"),
        won=_("deals opened and won since"),
    ),
    _chapter(
        "opportunitiesclosed",
        _("Deals, on the day they were closed"),
        rows=_("deals closed"),
        won=_("deals won"),
        lost=_("deals lost"),
        won_amount=(_("value of deals won"), Unit.MONEY),
        cycle_days=(_("days from opening to winning"), Unit.DAYS),
    ),
    _chapter(
        "orderspaid",
        _("Orders, on the day they were paid"),
        rows=_("orders paid"),
        first=_("first orders of a customer"),
        amount=(_("value of orders"), Unit.MONEY),
        first_amount=(_("value of first orders"), Unit.MONEY),
        recurring_amount=(_("value of recurring orders"), Unit.MONEY),
        cost=(_("cost of what was ordered"), Unit.MONEY),
    ),
    _chapter(
        "customersacquired",
        _("Customers, on the day they were won"),
        rows=_("new customers"),
        referred=_("new customers who were referred"),
    ),
    _chapter(
        "invitationssent",
        _("Survey invitations, on the day they were sent"),
        rows=_("invitations sent"),
        arrived=_("invitations that arrived"),
        answered=_("invitations answered"),
    ),
    _chapter(
        "answers",
        _("Survey answers, on the day they were given"),
        rows=_("answers to surveys"),
        csat=_("answers about satisfaction"),
        csat_top=_("satisfied answers"),
    ),
    _chapter(
        "costsspread",
        _("Costs, on the days that bear them"),
        agents=False,
        amount=(_("all costs"), Unit.MONEY),
        marketing=(_("marketing costs"), Unit.MONEY),
        acquisition=(_("costs of winning customers"), Unit.MONEY),
    ),
)

OFFERED: dict[str, Offered] = {
    each.key: each for chapter in CHAPTERS for each in chapter.measures
}
WITHOUT_AGENTS = frozenset(
    each.axis.key()
    for chapter in CHAPTERS
    if not chapter.agents
    for each in chapter.measures
)
