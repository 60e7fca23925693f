"""How far a key result should have come by the last closed day."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from objectives.scoring.progress import Milestone
from objectives.scoring.targets import Number, Target


def expected_share(
    target: Target,
    *,
    start: int,
    end: int,
    closed_to: int,
    flow: bool,
    business_days: tuple[Number, Number] | None = None,
    last_year: Sequence[Number] = (),
) -> Decimal | None:
    raise NotImplementedError


def expected_calendar(start: int, end: int, closed_to: int) -> Decimal:
    raise NotImplementedError


def expected_business(
    business_days_total: Number, business_days_elapsed: Number
) -> Decimal | None:
    raise NotImplementedError


def expected_steps(target: Target, closed_to: int) -> Decimal:
    raise NotImplementedError


def expected_points(target: Target, *, start: int, closed_to: int) -> Decimal:
    raise NotImplementedError


def expected_none_until(start: int, end: int, closed_to: int, until: int) -> Decimal:
    raise NotImplementedError


def expected_last_year(amounts: Sequence[Number], elapsed: int) -> Decimal | None:
    raise NotImplementedError


def expected_milestones(
    milestones: Iterable[Milestone], closed_to: int
) -> Decimal | None:
    raise NotImplementedError


def weekday_profile(
    values: Sequence[Number], *, first_day: int, holidays: frozenset[int] = frozenset()
) -> tuple[Decimal, ...]:
    raise NotImplementedError


def weighted_days(
    start: int,
    end: int,
    *,
    profile: Sequence[Decimal] = (),
    holidays: frozenset[int] = frozenset(),
) -> Decimal:
    raise NotImplementedError


def joiner_target(
    target: Number, business_days_present: Number, business_days_total: Number
) -> Decimal | None:
    raise NotImplementedError
