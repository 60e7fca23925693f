"""Small charts as SVG text, with words for those who do not see them.

Positions are per cent of the width, so that the page decides the size; colours come
from the classes, so that they follow the scheme and need no inline style. Titles are
escaped here.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

Real = Decimal | float

# All bullets share one axis: 0 = start or red limit, 1 = target, shown from −¼ to 1¼.
_BEFORE = 0.25
_SPAN = 1.5
_EDGE = 100 / 30  # a dot nearer to the end would be cut off
_BEYOND = 92.0  # where a mark stands that lies beyond the scale, its arrow behind it
_PARTLY = 0.7  # from this share of the way on a closed result counts as partly met

_STATUS_CLASS = {"off": " is-off", "watch": " is-watch", "ok": "", "none": ""}

_SPARK_LEFT, _SPARK_RIGHT = 2.0, 98.0
_SPARK_TOP, _SPARK_BOTTOM = 4.0, 24.0


def bullet(
    *,
    progress: Real | None,
    expected: Real | None = None,
    title: str,
    status: str,
    kind: str = "journey",
) -> SafeString:
    """Return the bullet of one key result: the way made, or the level held.

    Shape: a journey is a bar from its start with the expected point dashed, a hold a
    dot on the bands below, up to and above the target. Marks beyond −0.25 or 1.25
    get an arrow.
    Unit: shares of the way, 0 = start or red limit, 1 = target.
    Empty: without progress the band and the target alone.
    Raises: ValueError for a status other than off, watch, ok, none or a kind other
    than journey, hold.
    """
    if status not in _STATUS_CLASS or kind not in {"journey", "hold"}:
        raise ValueError(f"no bullet for status {status!r} and kind {kind!r}")
    if progress is None:
        marks = _band("b3", -_BEFORE, 1 + _BEFORE) + _tick("goal", 1)
    elif kind == "journey":
        marks = _journey(float(progress), expected)
    else:
        marks = _hold(float(progress))
    return _svg(f"bullet{_STATUS_CLASS[status]}", title, marks)


def sparkline(
    values: Sequence[Real | None],
    *,
    open_last: bool = False,
    goal: Real | None = None,
    title: str,
) -> SafeString:
    """Return a line of values in equal steps, scaled to their own range.

    Shape: the goal is a dotted line and part of the range; with `open_last` the way to
    the last value is dashed; a missing value is a gap.
    Empty: without values the goal alone, or nothing.
    """
    line_values = [None if value is None else float(value) for value in values]
    scaled = [float(value) for value in (*values, goal) if value is not None]
    if not scaled:
        return _svg("spark", title, "", view_box="0 0 104 28")
    low, high = min(scaled), max(scaled)
    points = _points(line_values, low, high)
    marks = ""
    if goal is not None:
        y = _number(_spark_y(float(goal), low, high), 1)
        marks = f'<line class="goal" x1="0" x2="104" y1="{y}" y2="{y}"/>'
    last = points[-1] if points else None
    dashed = open_last and len(points) > 1 and last is not None
    line = _path(points[:-1] if open_last and last is not None else points)
    if line:
        marks += f'<path class="line" d="{line}"/>'
    if dashed and points[-2] is not None:
        marks += f'<path class="open" d="M{points[-2]} {last}"/>'
    if last is not None:
        x, y = last.split(",")
        marks += f'<circle class="end" cx="{x}" cy="{y}" r="2.5"/>'
    return _svg("spark", title, marks, view_box="0 0 104 28")


def range_bar(
    *,
    low: Real,
    high: Real,
    me: Real | None,
    me_low: Real | None = None,
    me_high: Real | None = None,
    team_low: Real | None = None,
    team_high: Real | None = None,
    target: Real | None = None,
    title: str,
) -> SafeString:
    """Return one value with its interval, beside the middle half of the team.

    Shape: the axis runs from `low` at the left to `high` at the right; give `low` the
    larger number where less is better, so that better is always to the right. Marks
    beyond the axis stand at its end. Without interval the dot is hollow.
    Empty: without `me` the team and the target alone.
    Raises: ValueError when low equals high.
    """
    if low == high:
        raise ValueError("an axis has two ends")
    start, end = float(low), float(high)

    def at(value: Real) -> float:
        return _clamp(100 * (float(value) - start) / (end - start), 0, 100)

    marks = ""
    if team_low is not None and team_high is not None:
        left, right = sorted((at(team_low), at(team_high)))
        width = _number(right - left, 1)
        marks += (
            f'<rect class="team" x="{_number(left, 1)}%" width="{width}%"'
            ' y="5" height="18"/>'
        )
    marks += '<line class="axis" x1="0" x2="100%" y1="14" y2="14"/>'
    if target is not None:
        x = _number(at(target), 1)
        marks += f'<line class="goal" x1="{x}%" x2="{x}%" y1="3" y2="25"/>'
    sure = me_low is not None and me_high is not None
    if me_low is not None and me_high is not None:
        left, right = sorted((at(me_low), at(me_high)))
        marks += (
            f'<line class="ci" x1="{_number(left, 1)}%" x2="{_number(right, 1)}%"'
            ' y1="14" y2="14"/>'
        )
    if me is not None:
        dot = "dot" if sure else "dot-thin"
        marks += f'<circle class="{dot}" cx="{_number(at(me), 1)}%" cy="14" r="6"/>'
    return _svg("range", title, marks)


def hbar(*, share: Real | None, goal: Real | None = None, title: str) -> SafeString:
    """Return a plain bar on its track.

    Unit: share and goal 0..1; what lies beyond is cut off.
    Empty: the track alone.
    """
    marks = '<rect class="track" x="0" width="100%" y="1" height="10"/>'
    if share is not None:
        width = _number(100 * _clamp(float(share), 0, 1), 1)
        marks += f'<rect class="fill" x="0" width="{width}%" y="1" height="10"/>'
    if goal is not None:
        x = _number(100 * _clamp(float(goal), 0, 1), 1)
        marks += f'<line class="goal" x1="{x}%" x2="{x}%" y1="0" y2="12"/>'
    return _svg("hbar", title, marks)


def diverging_bar(
    *, value: Real | None, scale: Real, better: bool, title: str
) -> SafeString:
    """Return a bar to the left or the right of the middle, by the sign of the value.

    Shape: `scale` is the size that fills one half, the same for all bars of a table;
    the colour says whether the value is better or worse, never its sign.
    Empty: the middle line alone.
    Raises: ValueError when the scale is not positive.
    """
    if scale <= 0:
        raise ValueError("a scale is positive")
    marks = ""
    if value:
        width = 50 * min(1.0, abs(float(value)) / float(scale))
        x = 50 - width if value < 0 else 50.0
        name = "good" if better else "bad"
        marks = (
            f'<rect class="{name}" x="{_number(x, 1)}%" width="{_number(width, 1)}%"'
            ' y="1" height="10"/>'
        )
    marks += '<line class="mid" x1="50%" x2="50%" y1="0" y2="12"/>'
    return _svg("hbar", title, marks)


def _svg(name: str, title: str, marks: str, *, view_box: str = "") -> SafeString:
    # The marks are made of numbers and fixed words alone.
    box = SafeString(f' viewBox="{view_box}"' if view_box else "")
    return format_html(
        '<svg class="{}"{} role="img"><title>{}</title>{}</svg>',
        name,
        box,
        title,
        SafeString(marks),
    )


def _journey(progress: float, expected: Real | None) -> str:
    marks = _band("b2", 0, _PARTLY) + _band("b3", _PARTLY, 1)
    start, end = _x(0), _inside(progress)
    left, width = min(start, end), abs(end - start)
    marks += (
        f'<rect class="bar" x="{_percent(left)}" width="{_percent(width)}"'
        ' y="7" height="6"/>'
    )
    if expected is not None:
        marks += _tick("due", _clamp(float(expected), -_BEFORE, 1 + _BEFORE))
    return marks + _tick("goal", 1) + _arrow(progress)


def _hold(progress: float) -> str:
    marks = _band("b1", -_BEFORE, 0) + _band("b2", 0, 1) + _band("b3", 1, 1 + _BEFORE)
    dot = _clamp(_inside(progress), _EDGE, 100 - _EDGE)
    marks += _tick("goal", 1) + _arrow(progress)
    return marks + f'<circle class="dot" cx="{_percent(dot)}" cy="10" r="5.5"/>'


def _x(progress: float) -> float:
    return 100 * (progress + _BEFORE) / _SPAN


def _inside(progress: float) -> float:
    if progress > 1 + _BEFORE:
        return _BEYOND
    return 100 - _BEYOND if progress < -_BEFORE else _x(progress)


def _band(name: str, start: float, end: float) -> str:
    left, right = _x(start), _x(end)
    x = _percent(left) if left else "0"
    return (
        f'<rect class="{name}" x="{x}" width="{_percent(right - left)}"'
        ' y="2" height="16"/>'
    )


def _tick(name: str, progress: float) -> str:
    x = _percent(_x(progress))
    return f'<line class="{name}" x1="{x}" x2="{x}" y1="0" y2="20"/>'


def _arrow(progress: float) -> str:
    if progress > 1 + _BEFORE:
        place, shape = "100%", "M-9-4l4 4-4 4"
    elif progress < -_BEFORE:
        place, shape = "0", "M9-4l-4 4 4 4"
    else:
        return ""
    return (
        f'<svg x="{place}" y="10" overflow="visible">'
        f'<path class="past" d="{shape}"/></svg>'
    )


def _points(
    values: Sequence[float | None], low: float, high: float
) -> list[str | None]:
    step = (_SPARK_RIGHT - _SPARK_LEFT) / max(1, len(values) - 1)
    return [
        None
        if value is None
        else f"{_number(_SPARK_LEFT + step * index, 1)},"
        f"{_number(_spark_y(value, low, high), 1)}"
        for index, value in enumerate(values)
    ]


def _spark_y(value: float, low: float, high: float) -> float:
    if low == high:
        return (_SPARK_TOP + _SPARK_BOTTOM) / 2
    share = (value - low) / (high - low)
    return _SPARK_BOTTOM - (_SPARK_BOTTOM - _SPARK_TOP) * share


def _path(points: Sequence[str | None]) -> str:
    """Return the path through the points, one stroke for each run without gaps."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    # A lone point is a stroke of no length, which a round line cap shows as a dot.
    return " ".join(
        f"M{' '.join(run)}" if len(run) > 1 else f"M{run[0]}h0" for run in runs if run
    )


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _percent(value: float) -> str:
    return f"{_number(value, 2)}%"


def _number(value: float, places: int) -> str:
    text = f"{float(value):.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
