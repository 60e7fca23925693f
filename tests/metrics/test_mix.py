"""The change of a number between two periods, member by member."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metrics.mix import OTHERS, Side, contributions, mix_and_rate


def of(above: int, below: int) -> Side:
    return Side(above, below, below)


def test_a_shift_between_members_is_all_mix():
    """Phone 90 %, chat 50 % in both periods; chat grows from half to three quarters."""
    found = mix_and_rate(
        {"phone": of(9, 10), "chat": of(5, 10)},
        {"phone": of(9, 10), "chat": of(15, 30)},
    )

    assert found is not None
    effects = {each.key: (each.mix, each.rate) for each in found.members}
    assert effects == {
        "phone": (Fraction(-1, 16), 0),
        "chat": (Fraction(-3, 80), 0),
    }
    assert (found.before, found.after) == (Fraction(7, 10), Fraction(6, 10))
    assert found.mix == Fraction(-1, 10) and found.rate == 0


def test_other_results_in_the_same_shares_are_all_rate():
    found = mix_and_rate(
        {"phone": of(9, 10), "chat": of(5, 10)},
        {"phone": of(18, 20), "chat": of(14, 20)},
    )

    assert found is not None
    effects = {each.key: (each.mix, each.rate) for each in found.members}
    assert effects["phone"] == (0, 0)
    assert effects["chat"] == (0, Fraction(1, 10))  # +0.2 in half of the rows


def test_both_members_get_better_and_the_whole_gets_worse():
    """A 90 → 92 %, B 30 → 35 %, but B grows from 10 of 110 to 100 of 200 rows."""
    found = mix_and_rate(
        {"a": of(90, 100), "b": of(3, 10)}, {"a": of(92, 100), "b": of(35, 100)}
    )

    assert found is not None
    assert found.change == Fraction(127, 200) - Fraction(93, 110) < 0
    assert found.rate > 0
    assert found.is_turned


def test_a_member_of_one_period_only_is_all_mix():
    found = mix_and_rate({"a": of(5, 10)}, {"a": of(5, 10), "b": of(10, 10)})

    assert found is not None
    new = next(each for each in found.members if each.key == "b")
    # half of the rows × (1 − mean of 1/2 and 3/4)
    assert (new.mix, new.rate) == (Fraction(1, 2) * (1 - Fraction(5, 8)), 0)


def test_costs_without_leads_still_add_up():
    """300 for 10 leads becomes 300 for 10 leads and 100 for none: 30 → 40 a lead."""
    found = mix_and_rate(
        {"fair": Side(300, 10, 10)},
        {"fair": Side(300, 10, 10), "ads": Side(100, 0, 8)},
    )

    assert found is not None
    assert found.change == 10
    assert {each.key: each.effect for each in found.members} == {"fair": 0, "ads": 10}


def test_small_members_are_taken_together():
    sides = {"big": of(30, 50), "x": of(1, 4), "y": of(2, 3)}
    found = mix_and_rate(sides, sides)

    assert found is not None
    assert {each.key: each.after for each in found.members} == {
        "big": of(30, 50),
        OTHERS: of(3, 7),
    }


def test_a_member_that_grew_is_not_small():
    found = mix_and_rate(
        {"big": of(30, 50), "x": of(1, 2), "y": of(1, 2)},
        {"big": of(30, 50), "x": of(1, 2), "y": of(6, 9)},
    )

    assert found is not None
    assert {each.key for each in found.members} == {"big", "x", "y"}


def test_nothing_to_divide_by_has_no_split():
    assert mix_and_rate({}, {"a": of(1, 2)}) is None
    assert mix_and_rate({"a": of(1, 2)}, {}) is None


SIDES = st.dictionaries(
    st.integers(0, 6),
    st.builds(Side, st.integers(-50, 400), st.integers(0, 300), st.integers(0, 12)),
    max_size=7,
)


@given(SIDES, SIDES)
def test_the_effects_are_the_change_to_the_last_fraction(before, after):
    found = mix_and_rate(before, after)
    wholes = [
        (sum(s.above for s in sides.values()), sum(s.below for s in sides.values()))
        for sides in (before, after)
    ]
    if any(below == 0 for _above, below in wholes):
        assert found is None
        return
    assert found is not None
    (old_above, old_below), (new_above, new_below) = wholes
    change = Fraction(new_above, new_below) - Fraction(old_above, old_below)
    assert found.change == change
    assert found.mix + found.rate == change
    assert sum(each.effect for each in found.members) == change


@given(SIDES, SIDES)
def test_contributions_are_the_change_of_a_sum(before, after):
    found = contributions(before, after)
    change = sum(s.above for s in after.values()) - sum(
        s.above for s in before.values()
    )
    assert sum(each.effect for each in found) == change


def test_the_largest_contribution_comes_first():
    found = contributions(
        {"north": Side(10), "south": Side(4)}, {"north": Side(15), "south": Side(1)}
    )

    assert [(each.key, each.effect) for each in found] == [("north", 5), ("south", -3)]
