"""Why a number differs between two periods: other members, or other results in them.

Pure arithmetic over whole numbers; every result is a Fraction, so nothing is left over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

FEWEST = 5  # rows; members with fewer in both periods are taken together

Key = int | str
OTHERS: Key = "others"


@dataclass(frozen=True)
class Side:
    """What one member adds up to in one period."""

    above: int = 0  # its part of the numerator
    below: int = 0  # its part of the denominator; of a sum not looked at
    n: int = 0  # the rows a reader would count

    def __add__(self, other: "Side") -> "Side":
        return Side(
            self.above + other.above, self.below + other.below, self.n + other.n
        )


NOTHING = Side()


@dataclass(frozen=True)
class MemberChange:
    """What one member has to do with the change of the whole."""

    key: Key
    before: Side
    after: Side
    mix: Fraction  # because its share of the whole changed
    rate: Fraction  # because its own result changed

    @property
    def effect(self) -> Fraction:
        return self.mix + self.rate


@dataclass(frozen=True)
class Mixed:
    """The change of a ratio, split; the effects of all members are the change."""

    members: list[MemberChange]  # by the size of their effect
    before: Fraction
    after: Fraction

    @property
    def change(self) -> Fraction:
        return self.after - self.before

    @property
    def mix(self) -> Fraction:
        return sum((each.mix for each in self.members), Fraction(0))

    @property
    def rate(self) -> Fraction:
        return sum((each.rate for each in self.members), Fraction(0))

    @property
    def is_turned(self) -> bool:
        """Whether the whole moves one way and the results of its members the other.

        This is Simpson's case: only the mix of members moved the whole.
        """
        return self.change * self.rate < 0


@dataclass(frozen=True)
class Contribution:
    """What one member added to the change of a sum."""

    key: Key
    before: Side
    after: Side

    @property
    def effect(self) -> int:
        return self.after.above - self.before.above


def mix_and_rate(
    before: Mapping[Key, Side], after: Mapping[Key, Side], *, fewest: int = FEWEST
) -> Mixed | None:
    """Split the change of a ratio into shifts between members and changes within them.

    With w the share of the denominator and r the ratio of a member, R that of all:
    mix = (w1 − w0) × (mean of r0 and r1 − mean of R0 and R1), and
    rate = (r1 − r0) × mean of w0 and w1.
    A member that one period lacks is all mix. The effects add up to R1 − R0 exactly.

    Empty: None when either period has nothing to divide by.

    Source: the symmetric (Marshall–Edgeworth) form of the shift-share split.

    Example: phone 9 of 10 and chat 5 of 10 become 9 of 10 and 15 of 30: the whole
    falls from 7/10 to 6/10, all of it mix: phone −1/4 × (9/10 − 13/20) = −1/16 and
    chat 1/4 × (1/2 − 13/20) = −3/80.
    """
    old, new = pooled(before, after, fewest=fewest)
    whole = [sum(side.values(), NOTHING) for side in (old, new)]
    if any(side.below == 0 for side in whole):
        return None
    ratios = [Fraction(side.above, side.below) for side in whole]
    middle = sum(ratios, Fraction(0)) / 2
    members = [
        _member(
            key,
            (old.get(key, NOTHING), new.get(key, NOTHING)),
            (whole[0].below, whole[1].below),
            middle,
        )
        for key in dict.fromkeys([*old, *new])
    ]
    members.sort(key=lambda each: (-abs(each.effect), str(each.key)))
    return Mixed(members, ratios[0], ratios[1])


def contributions(
    before: Mapping[Key, Side], after: Mapping[Key, Side]
) -> list[Contribution]:
    """Return what each member added to the change of a sum, the largest first.

    Example: north 10 → 15 and south 4 → 1 are effects of 5 and −3.
    """
    found = [
        Contribution(key, before.get(key, NOTHING), after.get(key, NOTHING))
        for key in dict.fromkeys([*before, *after])
    ]
    return sorted(found, key=lambda each: (-abs(each.effect), str(each.key)))


def pooled(
    before: Mapping[Key, Side], after: Mapping[Key, Side], *, fewest: int = FEWEST
) -> tuple[dict[Key, Side], dict[Key, Side]]:
    """Return both periods with members of few rows in both taken together as OTHERS.

    Empty: a single small member stays what it is.
    """
    small = {
        key
        for key in {**before, **after}
        if max(before.get(key, NOTHING).n, after.get(key, NOTHING).n) < fewest
    }
    if len(small) < 2:
        return dict(before), dict(after)
    return _pool(before, small), _pool(after, small)


def _pool(sides: Mapping[Key, Side], small: set[Key]) -> dict[Key, Side]:
    kept = {key: side for key, side in sides.items() if key not in small}
    rest = [side for key, side in sides.items() if key in small]
    return kept | ({OTHERS: sum(rest, NOTHING)} if rest else {})


def _member(
    key: Key, sides: tuple[Side, Side], wholes: tuple[int, int], middle: Fraction
) -> MemberChange:
    """Return the effects of one member.

    What it adds to the ratio of all is its numerator over the whole denominator, also
    when it has no denominator of its own (costs of a campaign without leads).
    """
    old, new = sides
    shares = [
        Fraction(side.below, whole) for side, whole in zip(sides, wholes, strict=True)
    ]
    parts = [
        Fraction(side.above, whole) for side, whole in zip(sides, wholes, strict=True)
    ]
    effect = parts[1] - parts[0] - (shares[1] - shares[0]) * middle
    rate = Fraction(0)
    if old.below and new.below:
        change = Fraction(new.above, new.below) - Fraction(old.above, old.below)
        rate = change * (shares[0] + shares[1]) / 2
    return MemberChange(key, old, new, effect - rate, rate)
