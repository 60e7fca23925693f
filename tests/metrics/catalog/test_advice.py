"""Every declared metric says what moves it and what somebody can try."""

import re
from dataclasses import asdict

import pytest

from metrics.catalog import METRICS
from metrics.metric import Advice

GLUED = re.compile(r"[a-z,.;:][A-Z]")  # two pieces of a text without a blank between


def texts_of(advice: Advice) -> dict[str, str]:
    found = {name: str(text) for name, text in asdict(advice).items()}
    return {name: text for name, text in found.items() if text}


@pytest.mark.parametrize("key", METRICS)
def test_a_metric_says_what_moves_it_and_what_to_try(key: str) -> None:
    advice = METRICS[key].advice
    assert advice is not None, f"Write metrics/catalog/advice for {key}."

    texts = texts_of(advice)
    assert "moves" in texts
    assert texts.keys() & {"agent", "lead", "manager"}


@pytest.mark.parametrize("key", METRICS)
def test_advice_is_written_in_whole_sentences(key: str) -> None:
    advice = METRICS[key].advice
    assert advice is not None

    for name, text in texts_of(advice).items():
        assert re.fullmatch(r"[A-Z]\S*( \S+){3,}\.", text), (name, text)
        assert not GLUED.search(text), (name, text)


def test_no_two_metrics_share_a_sentence_for_a_role_by_mistake() -> None:
    """The benchmarks share one advice as a whole; anything else is a slip."""
    seen: dict[str, Advice] = {}
    for metric in METRICS.values():
        assert metric.advice is not None
        for text in texts_of(metric.advice).values():
            assert seen.setdefault(text, metric.advice) is metric.advice, text
