"""Colours that texts can be read on, and scales that faces and stars fit."""

import pytest

from surveys.look import (
    TEXT_ON_DARK,
    TEXT_ON_LIGHT,
    Look,
    LookError,
    Style,
    check_look,
    contrast,
    nearest,
)
from surveys.scoring import DEFAULT_SCALES, Kind, Scale

CSAT, NPS = DEFAULT_SCALES[Kind.CSAT], DEFAULT_SCALES[Kind.NPS]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#ffffff", "#000000", 21),
        ("#ffffff", "#ffffff", 1),
        ("#767676", "#ffffff", 4.54),  # the lightest grey that is enough, by WebAIM
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
    ],
)
def test_contrast_is_that_of_wcag(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(colour="#ffcc00"), "White text on #ffcc00 has a contrast of 1.5"),
        (Look(colour="#777777"), "a contrast of 4.4; 4.5 is needed. Take #767676"),
        (Look(dark_colour="#1f5f8b"), "Dark text on #1f5f8b"),
        (Look(colour="red"), "six digits"),
        (Look(colour="#1f5f8b;}"), "six digits"),
    ],
)
def test_colour_that_cannot_be_read_on_is_refused_with_the_nearest(look, said):
    with pytest.raises(LookError) as caught:
        check_look(look, CSAT)

    assert said in str(caught.value)


@pytest.mark.parametrize("text", [TEXT_ON_LIGHT, TEXT_ON_DARK])
@pytest.mark.parametrize("colour", ["#ffcc00", "#000000", "#ffffff", "#808080"])
def test_nearest_colour_is_enough(colour, text):
    assert contrast(nearest(colour, text), text) >= 4.5


def test_dark_pages_get_a_lighter_tone():
    light, dark = Look(colour="#7a1f5c").colours or ("", "")

    assert light == "#7a1f5c"
    assert contrast(dark, TEXT_ON_DARK) >= 4.5
    assert Look().colours is None


@pytest.mark.parametrize(
    ("style", "scale", "said"),
    [
        (Style.STAR, NPS, "NPS is asked with numbers"),
        (Style.FACE, NPS, "NPS is asked with numbers"),
        (Style.FACE, Scale(Kind.CSAT, 1, 7, 6), "five faces"),
        (Style.STAR, Scale(Kind.CES, 1, 5, 2, reversed=True), "More stars are better"),
    ],
)
def test_style_that_does_not_fit_the_scale(style, scale, said):
    with pytest.raises(LookError, match=said):
        check_look(Look(style), scale)


def test_styles_that_fit():
    for style in Style:
        check_look(Look(style), CSAT)
