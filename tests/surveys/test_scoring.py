from dataclasses import replace
from decimal import Decimal

import pytest

from surveys.scoring import (
    DEFAULT_SCALES,
    Band,
    Kind,
    Scale,
    ScoreError,
    Summary,
    summary,
)

CSAT, NPS, CES = (DEFAULT_SCALES[kind] for kind in (Kind.CSAT, Kind.NPS, Kind.CES))
EFFORT = Scale(Kind.CES, 1, 5, 2, reversed=True)  # the old question: low is easy


def nps(promoters: int, passives: int, detractors: int) -> Summary:
    return summary(Kind.NPS, NPS, {9: promoters, 7: passives, 0: detractors})


def csat(*counts: int) -> Summary:
    return summary(Kind.CSAT, CSAT, dict(enumerate(counts, start=1)))


# Which scores are valid


@pytest.mark.parametrize("score", [0, 10, "0", "7", "10"])
def test_whole_numbers_on_the_scale_are_scores(score: object) -> None:
    assert NPS.check(score) == int(str(score))


@pytest.mark.parametrize(
    "score",
    [
        6.5,
        7.0,
        Decimal(7),
        "6.5",
        "7 ",
        " 7",
        "",
        "+7",
        "-0",
        "07",
        "７",
        "٧",
        "²",
        "7\n",
        "1_0",
        "1e1",
        "9" * 5000,
        True,
        False,
        None,
        [7],
    ],
)
def test_anything_else_is_refused_in_words(score: object) -> None:
    with pytest.raises(ScoreError, match="A score is a whole number, not"):
        NPS.check(score)


def test_refusal_quotes_the_answer_but_not_at_length() -> None:
    with pytest.raises(ScoreError, match=r"not 6\.5\.$"):
        NPS.check(6.5)
    with pytest.raises(ScoreError) as caught:
        NPS.check("x" * 5000)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    ("scale", "score"), [(CSAT, 0), (CSAT, 6), (NPS, 11), (NPS, -1), (CES, "8")]
)
def test_score_off_the_scale_is_refused(scale: Scale, score: object) -> None:
    with pytest.raises(ScoreError, match=f"not on the scale from {scale.low} to"):
        scale.check(score)


def test_endless_number_is_refused_like_any_other() -> None:
    with pytest.raises(ScoreError, match="not on the scale"):
        NPS.check(10**5000)


@pytest.mark.parametrize(("low", "high"), [(1, 10), (0, 5), (1, 5)])
def test_nps_on_another_scale_is_offered_as_csat(low: int, high: int) -> None:
    with pytest.raises(ScoreError, match="Offer it as CSAT"):
        Scale(Kind.NPS, low, high, high)


@pytest.mark.parametrize(("top_from", "is_reversed"), [(8, False), (9, True)])
def test_nps_groups_are_fixed(top_from: int, is_reversed: bool) -> None:
    with pytest.raises(ScoreError, match="fixed"):
        Scale(Kind.NPS, 0, 10, top_from, is_reversed)


@pytest.mark.parametrize(
    ("low", "high", "top_from"), [(5, 1, 4), (3, 3, 3), (-1, 5, 4), (1, 11, 10)]
)
def test_scale_runs_upwards_within_eleven_scores(
    low: int, high: int, top_from: int
) -> None:
    with pytest.raises(ScoreError, match="0 to 10"):
        Scale(Kind.CSAT, low, high, top_from)


def test_top_box_is_a_part_of_the_scale() -> None:
    for top_from in (0, 1, 6):
        with pytest.raises(ScoreError, match="top box"):
            Scale(Kind.CSAT, 1, 5, top_from)
    with pytest.raises(ScoreError, match="top box"):
        replace(EFFORT, top_from=5)
    assert Scale(Kind.CSAT, 1, 10, 9).is_top(9)
    assert replace(EFFORT, top_from=1).is_top(1)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CHOICE])
def test_words_have_no_scale(kind: Kind) -> None:
    with pytest.raises(ScoreError, match="have a scale"):
        Scale(kind, 1, 5, 4)


# What scores mean


@pytest.mark.parametrize(
    ("scale", "low", "middle", "high"),
    [
        (CSAT, [1, 2], [3], [4, 5]),
        (NPS, [0, 1, 2, 3, 4, 5, 6], [7, 8], [9, 10]),
        (CES, [1, 2, 3], [4], [5, 6, 7]),
        (EFFORT, [4, 5], [3], [1, 2]),
        (Scale(Kind.CSAT, 1, 10, 9), [1, 2, 3, 4, 5], [6, 7, 8], [9, 10]),
        (Scale(Kind.CSAT, 1, 5, 2), [1], [], [2, 3, 4, 5]),
        (Scale(Kind.CSAT, 0, 1, 1), [0], [], [1]),
    ],
)
def test_bands(
    scale: Scale, low: list[int], middle: list[int], high: list[int]
) -> None:
    found: dict[Band, list[int]] = {band: [] for band in Band}
    for score in range(scale.low, scale.high + 1):
        found[scale.band(score)].append(score)
    assert found == {Band.LOW: low, Band.MIDDLE: middle, Band.HIGH: high}
    assert high == [s for s in range(scale.low, scale.high + 1) if scale.is_top(s)]


# NPS: promoters, passives, detractors


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ((3, 2, 1), 33.333),
        ((1, 0, 1), 0),
        ((1, 1, 0), 50),
        ((1, 1, 1), 0),
        ((1, 0, 0), 100),
        ((0, 1, 0), 0),
        ((0, 0, 1), -100),
        ((291, 476, 395), -8.950),
        ((162, 108, 54), 33.333),
        ((60, 20, 20), 40),
        ((200, 150, 150), 10),
        ((5, 0, 0), 100),
        ((0, 4, 0), 0),
        ((50, 25, 25), 25),
    ],
)
def test_nps_value(counts: tuple[int, int, int], value: float) -> None:
    found = nps(*counts)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.net == pytest.approx(value, abs=5e-4)
    assert found.n == sum(counts)


def test_nps_counts_each_score_in_its_group() -> None:
    found = summary(Kind.NPS, NPS, {0: 1, 7: 2, 9: 3})
    assert found.value == pytest.approx(33.333, abs=5e-4)
    every_score_once = summary(Kind.NPS, NPS, dict.fromkeys(range(11), 1))
    # 2 promoters, 2 passives, 7 detractors
    assert every_score_once.value == pytest.approx(-500 / 11)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((60, 20, 20), 23.38, 54.29), ((5, 0, 0), 17.49, 100), ((0, 4, 0), -34.29, 34.29)],
)
def test_nps_interval_is_the_adjusted_one(
    counts: tuple[int, int, int], low: float, high: float
) -> None:
    found = nps(*counts)
    assert found.low == pytest.approx(low, abs=5e-3)
    assert found.high == pytest.approx(high, abs=5e-3)
    assert found.method == "adjusted_wald"


# CSAT


def test_csat_is_the_share_of_fours_and_fives() -> None:
    found = csat(5, 10, 15, 40, 30)
    assert (found.value, found.n) == (70, 100)
    assert found.low == pytest.approx(60.4151, abs=5e-5)
    assert found.high == pytest.approx(78.1051, abs=5e-5)
    assert found.method == "wilson"


def test_csat_keeps_the_other_readings_apart() -> None:
    found = csat(5, 10, 15, 40, 30)
    assert found.mean == pytest.approx(3.80)
    assert found.sd == pytest.approx(1.128, abs=5e-4)
    assert found.net == 55
    assert found.distribution == ((1, 5), (2, 10), (3, 15), (4, 40), (5, 30))
    assert (found.mean - 1) / 4 == pytest.approx(0.70)
    assert found.mean / 5 == pytest.approx(0.76)


def test_csat_of_a_published_example() -> None:
    assert csat(15, 5, 10, 30, 40).value == 70


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (18, 20, 69.8966, 97.2134),
        (4, 20, 8.0658, 41.6017),
        (4, 200, 0.7804, 5.0287),
        (19, 38, 34.8499, 65.1501),
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0, 16.11),
        (1, 29, 0.61, 17.18),
        (85, 100, 76.7164, 90.6940),
        (70, 100, 60.4151, 78.1051),
    ],
)
def test_csat_interval(k: int, n: int, low: float, high: float) -> None:
    found = csat(n - k, 0, 0, 0, k)
    assert found.low == pytest.approx(low, abs=5e-3)
    assert found.high == pytest.approx(high, abs=5e-3)


def test_csat_with_a_declared_box() -> None:
    counts = {8: 10, 9: 20, 10: 30, 1: 40}
    narrow = summary(Kind.CSAT, Scale(Kind.CSAT, 1, 10, 9), counts)
    wide = summary(Kind.CSAT, Scale(Kind.CSAT, 1, 10, 8), counts)
    assert (narrow.value, wide.value) == (50, 60)


# CES


def test_ces_is_the_share_of_easy_answers() -> None:
    counts = dict(enumerate((80, 210, 140, 110, 160, 180, 120), start=1))
    found = summary(Kind.CES, CES, counts)
    assert found.value == pytest.approx(46.0)
    assert found.low == pytest.approx(42.93, abs=5e-3)
    assert found.high == pytest.approx(49.10, abs=5e-3)
    assert found.mean == pytest.approx(4.08)
    assert found.net == pytest.approx(3)
    top_two = summary(Kind.CES, replace(CES, top_from=6), counts)
    assert top_two.value == pytest.approx(30)


def test_ces_of_a_published_example() -> None:
    assert summary(Kind.CES, CES, {1: 5, 4: 5, 7: 10}).value == 50


def test_ces_of_the_old_effort_question_is_reversed() -> None:
    found = summary(Kind.CES, EFFORT, {1: 6, 2: 1, 3: 1, 5: 2})
    assert found.value == 70
    assert found.net == pytest.approx(50)
    assert found.mean == pytest.approx(2.1)  # of the scores as they were given


# Empty and wrong


@pytest.mark.parametrize(
    ("kind", "method"),
    [(Kind.CSAT, "wilson"), (Kind.CES, "wilson"), (Kind.NPS, "adjusted_wald")],
)
@pytest.mark.parametrize("counts", [{}, {5: 0}])
def test_no_answers_have_no_value(
    kind: Kind, method: str, counts: dict[int, int]
) -> None:
    scale = DEFAULT_SCALES[kind]
    found = summary(kind, scale, counts)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert (found.mean, found.sd, found.net) == (None, None, None)
    assert (found.n, found.method) == (0, method)
    assert found.distribution == tuple(
        (score, 0) for score in range(scale.low, scale.high + 1)
    )


def test_spread_needs_two_answers() -> None:
    assert csat(0, 0, 0, 1, 0).sd is None
    assert csat(0, 0, 0, 3, 0).sd == 0
    assert csat(0, 0, 1, 0, 1).sd == pytest.approx(2**0.5)


def test_wrong_counts_are_refused() -> None:
    with pytest.raises(ScoreError, match="not on the scale"):
        summary(Kind.CSAT, CSAT, {6: 1})
    with pytest.raises(ScoreError, match="negative"):
        summary(Kind.CSAT, CSAT, {5: -1})
    with pytest.raises(ScoreError, match="nps question cannot use a csat scale"):
        summary(Kind.NPS, CSAT, {5: 1})


def test_ten_point_rating_is_never_read_as_nps() -> None:
    ten_points = Scale(Kind.CSAT, 0, 10, 9)
    with pytest.raises(ScoreError):
        summary(Kind.NPS, ten_points, {10: 5})
