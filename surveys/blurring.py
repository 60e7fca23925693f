"""Rows made so coarse that each equals enough others for nobody to be told apart."""

from collections import Counter
from collections.abc import Sequence

from surveys.hiding import MIN_N, hidden

Row = tuple[int | None, ...]


def blur(rows: Sequence[Row], *, blank: Row, min_n: int = MIN_N) -> list[Row]:
    """Return the rows, in their order, each the same as at least four others.

    Columns stand from the coarsest to the finest. From the first value on that too few
    share, a row is blank; with it go as many others as it takes that nobody finds the
    few by subtraction.

    Empty: all blank when there are fewer than five rows.
    Example: of five rows ("Berlin", "Alice") and five of Berlin with other agents, the
    others lose their agents; with four others Alice's go too, or the four were known
    """
    blurred = [blank] * len(rows)
    if len(rows) >= min_n:
        _blur(rows, blurred, range(len(rows)), blank=blank, min_n=min_n)
    return blurred


def _blur(
    rows: Sequence[Row],
    blurred: list[Row],
    places: Sequence[int],
    *,
    blank: Row,
    min_n: int,
    column: int = 0,
) -> None:
    """Blur the rows at these places, which are the same before a column."""
    if column == len(blank):
        for place in places:
            blurred[place] = rows[place]
        return
    sizes = Counter(rows[place][column] for place in places)
    gone = hidden(sizes, min_n=min_n)
    for place in places:
        if rows[place][column] in gone:
            blurred[place] = (*rows[place][:column], *blank[column:])
    for value in sizes.keys() - gone:
        same = [place for place in places if rows[place][column] == value]
        _blur(rows, blurred, same, blank=blank, min_n=min_n, column=column + 1)
