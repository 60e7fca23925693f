from decimal import Decimal as D

import pytest

from objectives.scoring import KrStatus, NoScore, Part, Pips, ScoringError, roll_up


def part(weight: str, p: str | None, state: KrStatus, pace: str | None = None) -> Part:
    return Part(
        D(weight), None if p is None else D(p), state, None if pace is None else D(pace)
    )


ON = part("1", "0.5", KrStatus.ON_TRACK, "1")
OFF = part("1", "0.1", KrStatus.OFF_TRACK, "0.2")


def test_nothing_to_roll_up() -> None:
    for parts in ([], [part("0", "1", KrStatus.ACHIEVED_SO_FAR, "2")]):
        whole = roll_up(parts)
        assert (whole.progress, whole.coverage) == (None, None)
        assert whole.status is KrStatus.NO_DATA
        assert whole.reason is NoScore.NO_WEIGHT
        assert whole.pips == Pips(0, 0, 0, 0)


def test_weight_zero_is_watch_only() -> None:
    whole = roll_up([ON, part("0", "0", KrStatus.OFF_TRACK, "0")])
    assert (whole.progress, whole.coverage) == (D("0.5"), 1)
    assert whole.status is KrStatus.ON_TRACK
    assert whole.pips == Pips(ok=1, watch=0, off=0, none=0)


def test_negative_weight_and_wrong_cap_are_refused() -> None:
    with pytest.raises(ScoringError, match="weight"):
        roll_up([part("-1", "0.5", KrStatus.WATCH, "0.9")])
    for parts in ([ON], []):
        with pytest.raises(ScoringError, match="cap"):
            roll_up(parts, 2)


@pytest.mark.parametrize(
    "left_out", [KrStatus.NO_DATA, KrStatus.STALE, KrStatus.NO_RESULT]
)
def test_parts_without_data_lower_the_coverage_only(left_out: KrStatus) -> None:
    whole = roll_up([ON, part("1", "0.9", left_out, "1")])
    assert (whole.progress, whole.coverage) == (D("0.5"), D("0.5"))
    assert whole.status is KrStatus.ON_TRACK
    assert whole.reason is None
    assert whole.pips == Pips(ok=1, watch=0, off=0, none=1)


def test_under_half_coverage_there_is_not_enough_data() -> None:
    whole = roll_up([ON, part("1.01", None, KrStatus.NO_DATA)])
    assert whole.progress == D("0.5")
    assert whole.status is KrStatus.NO_DATA
    assert whole.reason is NoScore.LOW_COVERAGE


def test_no_part_has_data() -> None:
    whole = roll_up([part("1", None, KrStatus.NO_DATA)])
    assert (whole.progress, whole.coverage) == (None, 0)
    assert whole.reason is NoScore.NO_DATA
    closed = roll_up([part("1", None, KrStatus.NO_RESULT)])
    assert closed.status is KrStatus.NO_RESULT


def test_cancelled_part_is_gone() -> None:
    whole = roll_up([ON, part("9", "0", KrStatus.CANCELLED)])
    assert (whole.progress, whole.coverage) == (D("0.5"), 1)
    assert whole.pips == Pips(ok=1, watch=0, off=0, none=0)


def test_status_is_that_of_the_weighted_pace() -> None:
    # (4 x 1 + 1 x 0.2) / 5 = 0.84; (9 x 1 + 1 x 0.5) / 10 = 0.95
    assert roll_up([ON] * 4 + [OFF]).status is KrStatus.WATCH
    slow = part("1", "0.2", KrStatus.OFF_TRACK, "0.5")
    assert roll_up([ON] * 9 + [slow]).status is KrStatus.ON_TRACK
    assert roll_up([ON, OFF]).status is KrStatus.OFF_TRACK


def test_never_on_track_while_a_quarter_of_the_weight_is_off() -> None:
    # Off by its forecast though its pace is fine
    hopeless = part("1", "0.5", KrStatus.OFF_TRACK, "0.99")
    assert roll_up([ON] * 3 + [hopeless]).status is KrStatus.WATCH
    assert roll_up([ON] * 4 + [hopeless]).status is KrStatus.ON_TRACK
    two_ok = roll_up([ON, ON, hopeless])
    assert two_ok.pips == Pips(ok=2, watch=0, off=1, none=0)


def test_one_part_far_ahead_does_not_hide_the_others() -> None:
    ahead = part("1", "1", KrStatus.ACHIEVED_SO_FAR, "5")
    whole = roll_up([ahead] + [part("1", "0", KrStatus.OFF_TRACK, "0")] * 4)
    assert whole.status is KrStatus.OFF_TRACK


def test_progress_counts_at_once_pace_only_when_it_is_time() -> None:
    early = part("1", "0", KrStatus.TOO_EARLY, "0")
    whole = roll_up([ON, early])
    assert whole.progress == D("0.25")
    assert whole.status is KrStatus.ON_TRACK
    assert roll_up([early]).status is KrStatus.TOO_EARLY


def test_negative_progress_counts_as_none_made() -> None:
    assert roll_up([ON, part("1", "-3", KrStatus.OFF_TRACK, "-6")]).progress == D(
        "0.25"
    )


def test_closed_objective_is_judged_by_its_progress() -> None:
    met = part("1", "1.4", KrStatus.MET)
    missed = part("1", "0.3", KrStatus.MISSED)
    assert roll_up([met]).status is KrStatus.MET
    assert roll_up([met, missed]).status is KrStatus.MISSED
    assert roll_up([met, met, missed]).status is KrStatus.PARTLY
    pips = roll_up([met, part("1", "0.8", KrStatus.PARTLY), missed]).pips
    assert pips == Pips(ok=1, watch=1, off=1, none=0)
