"""Words of themes: what they find, and what is refused."""

import pytest

from surveys.theming import WordsError, matches, pattern_of, read_words


@pytest.mark.parametrize(
    ("words", "text", "is_found"),
    [
        ("slow", "So SLOW!", True),
        ("slow", "slowly", False),
        ("slow*", "slowly", True),
        ("wait*", "await", False),
        ("long time", "it took a long\n  time", True),
        ("a.c", "abc", False),  # no entry is an expression
        ("größe", "GRÖSSE", True),
        ("café", "cafe\u0301", True),
        ("遅い", "対応が遅いです", True),
        ("100%", "100% right", True),
        ("", "anything", False),
    ],
)
def test_what_words_find(words, text, is_found):
    assert matches(pattern_of(read_words(words)), text) is is_found


def test_entries_are_read_once_each():
    assert read_words(" Slow, wait*\nslow;;queue ") == ["slow", "wait*", "queue"]


@pytest.mark.parametrize("words", ["*", "x" * 61, ",".join(map(str, range(61)))])
def test_what_makes_no_rule(words):
    with pytest.raises(WordsError):
        read_words(words)
