"""What moved within a week, in words; lines reduced to what the words need."""

from types import SimpleNamespace
from typing import Any

import pytest

from objectives.scorecards.movements import movements, news, states


def line(status: str, *, title: str = "CSAT", pk: int = 7) -> Any:
    return SimpleNamespace(
        status=status,
        evaluation=SimpleNamespace(status=status),
        key_result=SimpleNamespace(title=title, pk=pk),
    )


def words(was: str | None, now: str) -> list[str]:
    before = None if was is None else SimpleNamespace(status=was)
    return [each.words for each in movements([(line(now), before)])]  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("watch", "off_track", "fell from watch to off track"),
        ("off_track", "on_track", "rose from off track to on track"),
        ("achieved_so_far", "on_track", "fell from achieved so far to on track"),
        ("on_track", "no_data", "lost its data"),
        ("on_track", "stale", "lost its data"),
        ("no_data", "watch", "has data again: watch"),
        ("too_early", "watch", "is now watch"),
        (None, "watch", "is new"),
    ],
)
def test_what_moved(was, now, said):
    assert words(was, now) == [said]


@pytest.mark.parametrize(
    ("was", "now"), [("watch", "watch"), ("no_data", "stale"), ("stale", "no_data")]
)
def test_what_did_not(was, now):
    assert words(was, now) == []


def test_the_worst_comes_first():
    pairs = [
        (line("on_track", title="A"), SimpleNamespace(status="watch")),
        (line("no_data", title="B"), SimpleNamespace(status="watch")),
        (line("off_track", title="C"), SimpleNamespace(status="watch")),
    ]

    assert [each.line.key_result.title for each in movements(pairs)] == ["C", "B", "A"]


def test_a_key_result_nobody_judged_yet_is_no_news():
    unjudged = line("no_data")
    unjudged.evaluation = None

    assert movements([(unjudged, None)]) == []


def test_news_names_what_differs_from_the_page():
    before = [line("watch"), line("on_track", title="NPS", pk=8)]
    after = [line("on_track"), line("on_track", title="NPS", pk=8)]

    assert states(before) == "7:watch,8:on_track"
    assert news(after, states(before)) == "CSAT: on track"
    assert news(after, states(after)) == ""


@pytest.mark.parametrize("seen", ["", "nonsense", "7:", "7:nonsense", "x:y:z,,:"])
def test_what_a_page_cannot_have_shown_is_passed_over(seen):
    assert news([line("watch")], seen) == ""
