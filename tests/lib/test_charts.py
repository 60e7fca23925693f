import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from crmkpi.lib.charts import (
    bullet,
    diverging_bar,
    hbar,
    range_bar,
    sparkline,
)


def marks(svg: str) -> dict[str, dict[str, str]]:
    """Return the attributes of every mark by its class; fails unless well-formed."""
    root = ElementTree.fromstring(svg)  # noqa: S314
    return {
        mark.attrib["class"]: dict(mark.attrib)
        for mark in root.iter()
        if mark is not root and "class" in mark.attrib
    }


def test_a_journey_is_a_bar_from_its_start() -> None:
    # Start (0 + 0.25) / 1.5 = 16.67 %; 260 of 630 is 0.4127 of the way: 27.51 %
    # wide; expected 31 of 63 business days: (0.4921 + 0.25) / 1.5 = 49.47 %.
    svg = bullet(progress=260 / 630, expected=31 / 63, title="Renewals", status="off")
    assert svg == (
        '<svg class="bullet is-off" role="img"><title>Renewals</title>'
        '<rect class="b2" x="16.67%" width="46.67%" y="2" height="16"/>'
        '<rect class="b3" x="63.33%" width="20%" y="2" height="16"/>'
        '<rect class="bar" x="16.67%" width="27.51%" y="7" height="6"/>'
        '<line class="due" x1="49.47%" x2="49.47%" y1="0" y2="20"/>'
        '<line class="goal" x1="83.33%" x2="83.33%" y1="0" y2="20"/></svg>'
    )


def test_a_hold_is_a_dot_on_its_bands() -> None:
    # 94.66 % between the red limit 90 and the target 95: 0.932, at 78.8 %.
    svg = bullet(progress=0.932, title="SLA", status="watch", kind="hold")
    assert svg == (
        '<svg class="bullet is-watch" role="img"><title>SLA</title>'
        '<rect class="b1" x="0" width="16.67%" y="2" height="16"/>'
        '<rect class="b2" x="16.67%" width="66.67%" y="2" height="16"/>'
        '<rect class="b3" x="83.33%" width="16.67%" y="2" height="16"/>'
        '<line class="goal" x1="83.33%" x2="83.33%" y1="0" y2="20"/>'
        '<circle class="dot" cx="78.8%" cy="10" r="5.5"/></svg>'
    )


def test_no_value_leaves_the_band_and_the_target() -> None:
    found = marks(bullet(progress=None, title="CES", status="none", kind="hold"))
    assert set(found) == {"b3", "goal"}
    assert (found["b3"]["x"], found["b3"]["width"]) == ("0", "100%")


@pytest.mark.parametrize(
    ("progress", "x", "arrow"),
    [
        (1.38, "92%", "M-9-4l4 4-4 4"),
        (1.26, "92%", "M-9-4l4 4-4 4"),
        (1.25, "96.67%", None),
        (1.13, "92%", None),
        (0, "16.67%", None),
        (-0.233, "3.33%", None),
        (-0.26, "8%", "M9-4l-4 4 4 4"),
        (-40, "8%", "M9-4l-4 4 4 4"),
    ],
)
def test_a_level_beyond_the_scale_gets_an_arrow(
    progress: float, x: str, arrow: str | None
) -> None:
    found = marks(bullet(progress=progress, title="t", status="ok", kind="hold"))
    assert found["dot"]["cx"] == x
    assert found.get("past", {}).get("d") == arrow


@pytest.mark.parametrize(
    ("progress", "x", "width", "arrow"),
    [
        (-0.2, "3.33%", "13.33%", False),
        (-0.5, "8%", "8.67%", True),
        (0, "16.67%", "0%", False),
        (1, "16.67%", "66.67%", False),
        (1.25, "16.67%", "83.33%", False),
        (2, "16.67%", "75.33%", True),
    ],
)
def test_a_bar_may_go_back_or_beyond(
    progress: float, x: str, width: str, arrow: bool
) -> None:
    found = marks(bullet(progress=progress, title="t", status="ok"))
    assert (found["bar"]["x"], found["bar"]["width"]) == (x, width)
    assert ("past" in found) is arrow
    assert "due" not in found


def test_decimals_are_drawn_like_floats() -> None:
    exact = bullet(
        progress=Decimal("0.5"), expected=Decimal("0.4"), title="t", status="ok"
    )
    assert exact == bullet(progress=0.5, expected=0.4, title="t", status="ok")
    assert sparkline([Decimal(1), Decimal(3)], goal=Decimal(2), title="t") == sparkline(
        [1, 3], goal=2, title="t"
    )


@pytest.mark.parametrize(("status", "kind"), [("red", "hold"), ("ok", "milestone")])
def test_an_unknown_bullet_is_refused(status: str, kind: str) -> None:
    with pytest.raises(ValueError, match="no bullet"):
        bullet(progress=1, title="t", status=status, kind=kind)


def test_a_sparkline_goes_from_edge_to_edge() -> None:
    # x 2, 50, 98; range 10 to 30 over y 24 to 4; the goal 15 at 24 − 5.
    svg = sparkline([10, 30, 20], open_last=True, goal=15, title="Calls")
    assert svg == (
        '<svg class="spark" viewBox="0 0 104 28" role="img"><title>Calls</title>'
        '<line class="goal" x1="0" x2="104" y1="19" y2="19"/>'
        '<path class="line" d="M2,24 50,4"/>'
        '<path class="open" d="M50,4 98,14"/>'
        '<circle class="end" cx="98" cy="14" r="2.5"/></svg>'
    )


def test_a_closed_last_value_is_not_dashed() -> None:
    found = marks(sparkline([10, 30, 20], title="t"))
    assert set(found) == {"line", "end"}
    assert found["line"]["d"] == "M2,24 50,4 98,14"


def test_the_goal_is_inside_the_picture() -> None:
    found = marks(sparkline([10, 20], goal=40, title="t"))
    assert found["goal"]["y1"] == "4"
    assert found["line"]["d"] == "M2,24 98,17.3"


def test_a_missing_value_is_a_gap() -> None:
    # Steps of 16: 2, 18, 34, 50, 66, 82, 98; range 1 to 5, five units of y each.
    found = marks(sparkline([1, 2, None, 5, None, 3, 4], title="t"))
    assert found["line"]["d"] == "M2,24 18,19 M50,4h0 M82,14 98,9"


def test_a_missing_last_value_has_no_end() -> None:
    found = marks(sparkline([1, 2, None], open_last=True, title="t"))
    assert found["line"]["d"] == "M2,24 50,4"
    assert set(found) == {"line"}


def test_an_open_value_after_a_gap_stands_alone() -> None:
    found = marks(sparkline([1, 2, None, 3], open_last=True, title="t"))
    assert set(found) == {"line", "end"}
    assert found["line"]["d"] == "M2,24 34,14"


def test_short_sparklines() -> None:
    assert marks(sparkline([], title="t")) == {}
    assert marks(sparkline([None, None], title="t")) == {}
    assert set(marks(sparkline([None], goal=3, title="t"))) == {"goal"}
    one = marks(sparkline([7], title="t"))
    assert (one["line"]["d"], one["end"]["cy"]) == ("M2,14h0", "14")
    assert set(marks(sparkline([7], open_last=True, title="t"))) == {"end"}


def test_equal_values_are_a_line_in_the_middle() -> None:
    assert marks(sparkline([5, 5], title="t"))["line"]["d"] == "M2,14 98,14"


def test_me_beside_the_team() -> None:
    # Axis 50 to 100: 83 at 66 %, 89 at 78 %, 85 at 70 %, 73.3 at 46.6 %.
    svg = range_bar(
        low=50,
        high=100,
        me=86.4,
        me_low=73.3,
        me_high=93.6,
        team_low=83,
        team_high=89,
        target=85,
        title="You 86 %",
    )
    assert svg == (
        '<svg class="range" role="img"><title>You 86 %</title>'
        '<rect class="team" x="66%" width="12%" y="5" height="18"/>'
        '<line class="axis" x1="0" x2="100%" y1="14" y2="14"/>'
        '<line class="goal" x1="70%" x2="70%" y1="3" y2="25"/>'
        '<line class="ci" x1="46.6%" x2="87.2%" y1="14" y2="14"/>'
        '<circle class="dot" cx="72.8%" cy="14" r="6"/></svg>'
    )


def test_better_stays_to_the_right_where_less_is_better() -> None:
    # Handle time from 8:00 at the left to 5:00 at the right: 6:10 is 110 of 180 s.
    found = marks(
        range_bar(
            low=480,
            high=300,
            me=370,
            me_low=352,
            me_high=388,
            team_low=366,
            team_high=400,
            target=390,
            title="t",
        )
    )
    assert found["dot"]["cx"] == "61.1%"
    assert (found["ci"]["x1"], found["ci"]["x2"]) == ("51.1%", "71.1%")
    assert (found["team"]["x"], found["team"]["width"]) == ("44.4%", "18.9%")
    assert found["goal"]["x1"] == "50%"


def test_marks_beyond_the_axis_stand_at_its_end() -> None:
    found = marks(
        range_bar(
            low=50, high=100, me=30, me_low=20, me_high=120, target=110, title="t"
        )
    )
    assert found["dot"]["cx"] == "0%"
    assert (found["ci"]["x1"], found["ci"]["x2"]) == ("0%", "100%")
    assert found["goal"]["x1"] == "100%"


def test_without_interval_the_dot_is_hollow() -> None:
    found = marks(range_bar(low=60, high=100, me=91, title="t"))
    assert set(found) == {"axis", "dot-thin"}
    assert found["dot-thin"]["cx"] == "77.5%"


def test_without_me_the_team_remains() -> None:
    found = marks(
        range_bar(low=0, high=1, me=None, team_low=0.2, team_high=0.4, title="t")
    )
    assert set(found) == {"team", "axis"}


def test_an_axis_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="two ends"):
        range_bar(low=5, high=5, me=5, title="t")


def test_hbar() -> None:
    found = marks(hbar(share=0.4567, goal=0.5, title="t"))
    assert (found["fill"]["width"], found["goal"]["x1"]) == ("45.7%", "50%")
    assert marks(hbar(share=1.7, title="t"))["fill"]["width"] == "100%"
    assert set(marks(hbar(share=None, title="t"))) == {"track"}


def test_a_diverging_bar_shows_the_sign_by_its_side_and_goodness_by_colour() -> None:
    # 0.42 of a scale of 0.544 fills 38.6 of 50 per cent.
    found = marks(diverging_bar(value=-0.42, scale=0.544, better=True, title="t"))
    assert (found["good"]["x"], found["good"]["width"]) == ("11.4%", "38.6%")
    found = marks(diverging_bar(value=0.08, scale=0.544, better=False, title="t"))
    assert (found["bad"]["x"], found["bad"]["width"]) == ("50%", "7.4%")
    found = marks(diverging_bar(value=9, scale=0.544, better=True, title="t"))
    assert found["good"]["width"] == "50%"


@pytest.mark.parametrize("value", [None, 0])
def test_a_diverging_bar_without_value_is_the_middle_alone(value: float | None) -> None:
    svg = diverging_bar(value=value, scale=1, better=True, title="t")
    assert set(marks(svg)) == {"mid"}


def test_a_scale_is_positive() -> None:
    with pytest.raises(ValueError, match="scale"):
        diverging_bar(value=1, scale=0, better=True, title="t")


@pytest.mark.parametrize(
    "svg",
    [
        bullet(progress=0.5, title="<script>&\"'", status="ok"),
        sparkline([1, 2], title="<script>&\"'"),
        range_bar(low=0, high=1, me=0.5, title="<script>&\"'"),
        hbar(share=0.5, title="<script>&\"'"),
        diverging_bar(value=0.5, scale=1, better=True, title="<script>&\"'"),
    ],
)
def test_titles_are_escaped_and_read_out_and_nothing_is_styled_inline(svg: str) -> None:
    assert "<script" not in svg
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert root.attrib["role"] == "img"
    assert root.findtext("title") == "<script>&\"'"
    assert not re.search(r"style=|fill=|stroke=|nan", svg)
    assert hasattr(svg, "__html__")  # templates must not escape it again
