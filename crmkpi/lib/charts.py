"""Small charts as SVG text, with words for those who do not see them."""

from collections.abc import Sequence

from django.utils.safestring import SafeString


def bullet(
    *,
    progress: float | None,
    expected: float | None = None,
    title: str,
    status: str,
    kind: str = "journey",
) -> SafeString:
    raise NotImplementedError


def sparkline(
    values: Sequence[float | None],
    *,
    open_last: bool = False,
    goal: float | None = None,
    title: str,
) -> SafeString:
    raise NotImplementedError


def range_bar(
    *,
    low: float,
    high: float,
    me: float | None,
    me_low: float | None = None,
    me_high: float | None = None,
    team_low: float | None = None,
    team_high: float | None = None,
    target: float | None = None,
    title: str,
) -> SafeString:
    raise NotImplementedError


def hbar(*, share: float | None, goal: float | None = None, title: str) -> SafeString:
    raise NotImplementedError


def diverging_bar(
    *, value: float | None, scale: float, better: bool, title: str
) -> SafeString:
    raise NotImplementedError
