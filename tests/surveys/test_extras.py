"""Extra questions: what can be asked, and what a form may reply."""

import pytest

from surveys.extras import (
    Extra,
    ExtraError,
    ExtraKind,
    ExtraWording,
    Reply,
    ReplyFault,
    options_of,
)


def extra(kind=ExtraKind.ONE, **options):
    given = options or {"en": ("a", "b", "c")}
    words = {code: ExtraWording("Why?", found) for code, found in given.items()}
    return Extra("extra1", kind, words)


@pytest.mark.parametrize(
    ("asked", "languages", "said"),
    [
        (extra(), ["en", "de"], "missing in DE"),
        (extra(en=("a", "b"), de=("a",)), ["en", "de"], "same options"),
        (extra(en=("a",)), ["en"], "two to ten"),
        (extra(en=tuple("abcdefghijk")), ["en"], "two to ten"),
        (extra(en=("a", "A")), ["en"], "are the same"),
        (extra(ExtraKind.TEXT, en=("a",)), ["en"], "no options"),
    ],
)
def test_question_that_cannot_be_asked(asked, languages, said):
    with pytest.raises(ExtraError, match=said):
        asked.complete(languages)


def test_languages_that_are_not_asked_go():
    asked = extra(en=("a", "b"), de=("x", "y"))

    assert list(asked.complete(["en"]).wordings) == ["en"]


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (ExtraKind.ONE, ["2"], Reply(chosen=(2,))),
        (ExtraKind.ONE, [], Reply()),
        (ExtraKind.ONE, [""], Reply()),
        (ExtraKind.MANY, ["3", "1", "3"], Reply(chosen=(1, 3))),
        (ExtraKind.TEXT, [" too \n slow "], Reply(text="too slow")),
        (ExtraKind.TEXT, ["x" * 300], Reply(text="x" * 300)),
        (ExtraKind.TEXT, ["🐢" * 300], Reply(text="🐢" * 300)),
    ],
)
def test_replies(kind, given, expected):
    options = () if kind is ExtraKind.TEXT else ("a", "b", "c")

    assert extra(kind, en=options).read(given) == expected


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        (ExtraKind.ONE, ["4"], "not offered"),
        (ExtraKind.ONE, ["0"], "not offered"),
        (ExtraKind.ONE, ["٢"], "not offered"),
        (ExtraKind.ONE, ["1", "2"], "not offered"),
        (ExtraKind.MANY, ["1", "a"], "not offered"),
        (ExtraKind.TEXT, ["x" * 301], "too long"),
        (ExtraKind.TEXT, ["a\x00"], "unreadable"),
        (ExtraKind.TEXT, ["\ud800"], "unreadable"),
    ],
)
def test_replies_that_are_refused(kind, given, reason):
    options = () if kind is ExtraKind.TEXT else ("a", "b", "c")

    with pytest.raises(ReplyFault, match=reason):
        extra(kind, en=options).read(given)


def test_options_are_written_one_a_line():
    assert options_of(" Price \r\n\n  The  wait\n") == ("Price", "The wait")


def test_as_json_and_back():
    asked = extra(ExtraKind.MANY, en=("a", "b"))

    assert Extra.from_json(asked.to_json()) == asked
