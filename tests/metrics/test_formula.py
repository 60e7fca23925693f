"""The evaluator of formulas: what it gives, what it refuses and where it points."""

from decimal import Decimal

import pytest

from metrics.formula import DEEPEST, LONGEST, FormulaError, parse
from tests.metrics.fuzz import fuzz

VALUES = {
    "won": Decimal(30),
    "lost": Decimal(10),
    "none": Decimal(0),
    "gone": None,
}


def worth(text):
    return parse(text, VALUES).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("won", "30"),
        ("won / (won + lost) * 100", "75"),
        ("won - lost - 5", "15"),  # from the left: (30 − 10) − 5
        ("won - lost / 5", "28"),
        ("-won + +lost", "-20"),
        ("0.1 + 0.2", "0.3"),  # as decimals, not as binary fractions
        (".5 * won", "15"),
        ("2. * won", "60"),
        ("min(won, lost, 12)", "10"),
        ("max(won, lost)", "30"),
        ("abs(lost - won)", "20"),
        ("round(lost / 3)", "3"),
        ("round(2.5)", "3"),  # half up, as people round
        ("round(-2.5)", "-3"),
        ("round(lost / 3, 2)", "3.33"),
        ("coalesce(gone, lost)", "10"),
        ("coalesce(won / none, gone, 7)", "7"),
        ("safe_div(won, lost)", "3"),
        ("safe_div(won, none, 0)", "0"),
        ("won if lost > 5 else lost", "30"),
        ("won if lost == 11 else lost", "10"),
        ("1 if 5 < lost <= 10 != won else 2", "1"),
        ("1 if won < 0 else 2 if lost < 0 else 3", "3"),
        ("won if lost > 5 else gone", "30"),  # the other branch is not looked at
        ("won\n  / lost", "3"),
        ("  won", "30"),
    ],
)
def test_a_formula_gives_what_arithmetic_gives(text, expected):
    assert worth(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "gone",
        "won + gone",
        "-gone",
        "won / none",
        "won / (lost - 10)",
        "0 / none",
        "min(won, gone)",
        "round(gone)",
        "won if gone > 1 else lost",
        "gone if won > 1 else lost",
        "coalesce(gone, won / none)",
        "safe_div(won, none)",
        "safe_div(won, gone, 5)",  # unknown is not 0
        "safe_div(gone, none, gone)",
    ],
)
def test_what_is_missing_stays_missing(text):
    assert worth(text) is None


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "Write a formula"),
        ("  \n", 0, "Write a formula"),
        ("won +", 5, "missing after “+”"),
        ("/ won", 0, "missing before “/”"),
        ("won lost", 4, "missing before “lost”"),
        ("won (lost)", 0, "no function “won”"),
        ("(won)(lost)", 5, "missing before “(”"),
        ("2 won", 2, "missing before “won”"),
        ("2won", 1, "Put a blank or a sign"),
        ("1.2.3", 3, "Put a blank or a sign"),
        ("007", 0, "without zeros in front"),
        ("(won + lost", 0, "never closed"),
        ("won + lost)", 10, "closes nothing"),
        ("()", 1, "missing after “(”"),
        ("won ** 2", 4, "no powers"),
        ("won ^ 2", 4, "no powers"),
        ("won // 2", 4, "one / to divide"),
        ("won % 2", 4, "/ 100"),
        ("won × 2", 4, "Write * instead of ×"),
        ("won ÷ 2", 4, "Write / instead of ÷"),
        ("won − 2", 4, "Write - instead of −"),
        ("won = 2", 4, "Write == instead of ="),
        ("'won'", 0, "no text"),
        ("f'{won}'", 1, "no text"),
        ("won.real", 3, "only within a number"),
        ("won[0]", 3, "round brackets"),
        ("won, lost", 3, "Commas stand only"),
        ("0,5 * won", 1, "Commas stand only"),
        ("won > lost", 0, "between “if” and “else”"),
        ("(won > 1) + 1", 1, "between “if” and “else”"),
        ("won if lost else 3", 7, "After “if” comes a comparison"),
        ("won if lost > 1", 4, "needs an “else”"),
        ("max(won if lost > 1, 2) else 3", 8, "needs an “else”"),
        ("won else 3", 4, "comes after “if”"),
        ("1 if won > 1 if lost > 1 else 2", 2, "needs an “else”"),
        ("won if lost > 1 and won > 1 else 2", 16, "one condition into the other"),
        ("lambda: 1", 0, "no word of formulas"),
        ("True", 0, "no word of formulas"),
        ("None", 0, "no word of formulas"),
        ("sum(won)", 0, "there are: abs"),
        ("min", 3, "Brackets are missing after “min”"),
        ("min + 1", 4, "Brackets are missing after “min”"),
        ("min()", 4, "missing after “(”"),
        ("abs(won, lost)", 0, "abs takes 1 values"),
        ("safe_div(won)", 0, "safe_div takes 2–3"),
        ("round(won, lost)", 11, "whole number from 0 to 6"),
        ("round(won, 7)", 11, "whole number from 0 to 6"),
        ("1 + wonn", 4, "Did you mean won?"),
        ("zzzzzzzz", 0, "no metric “zzzzzzzz”"),
        ("won\x00", 3, "U+0000"),
        ("won \U0001f600", 4, "has no place"),
        ("\ud800", 0, "U+D800"),
        ("1000000000000001", 0, "too large"),
        ("won +\n  × 2", 8, "Write * instead of ×"),
        ("1 " + "+ 1" * 200, LONGEST, "at most 500 characters"),
        ("+".join(["1"] * 120), 200, "at most 200"),
        ("(" * 21 + "1" + ")" * 21, DEEPEST, "at most 20 deep"),
    ],
)
def test_a_fault_is_named_where_it_is(text, position, words):
    with pytest.raises(FormulaError) as caught:
        parse(text, VALUES)
    assert words in caught.value.message
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text", ["*".join(["won * 1000000"] * 6), "1 / 0.000000000000000000000000000000001"]
)
def test_a_number_out_of_all_bounds_is_a_fault(text):
    with pytest.raises(FormulaError, match="too large"):
        worth(text)


def test_a_result_is_no_larger_than_what_can_be_stored():
    assert worth("1000000 * 1000000 * 1000") == Decimal(10) ** 15
    with pytest.raises(FormulaError, match="too large"):
        worth("1000000 * 1000000 * 1001")


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-Infinity"])
def test_a_value_that_is_no_number_is_a_fault(bad):
    with pytest.raises(FormulaError):
        parse("x + 1").evaluate({"x": Decimal(bad)})


def test_the_deepest_and_longest_still_pass():
    deep = "(" * DEEPEST + "won" + ")" * DEEPEST
    assert worth(deep) == 30
    assert worth("+".join(["1"] * 100)) == 100
    assert worth("-" * 198 + "won") == 30
    long = "won".ljust(LONGEST)
    assert worth(long) == 30


def test_names_come_once_in_the_order_of_appearance():
    found = parse("lost + won / lost + max(won, gone)", VALUES)
    assert found.names == ("lost", "won", "gone")


def test_blanks_do_not_make_another_formula():
    assert parse("won/ (lost)").canonical == parse(" won / lost ").canonical
    assert parse("won / lost").canonical != parse("lost / won").canonical


def test_a_hundred_thousand_made_up_formulas_do_no_harm(capsys):
    found = fuzz(100_000, seed=20260213)
    with capsys.disabled():
        print(f"slowest formula: {found.slowest * 1000:.1f} ms, {dict(found.outcomes)}")  # noqa: T201
    assert found.outcomes["a number"] > 5_000
    assert found.outcomes["nothing"] > 2_000
    assert found.outcomes["refused"] > 20_000
