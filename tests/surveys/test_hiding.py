"""Small-group differencing: what is hidden cannot be found by subtraction either."""

from itertools import product

import pytest

from surveys.hiding import MIN_N, hidden


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a": 40, "b": 12, "c": 3}, {"b", "c"}),  # 55 − 40 − 12 would be c
        ({"a": 40, "b": 12, "c": 5}, set()),
        ({"a": 40, "b": 2, "c": 2}, {"a", "b", "c"}),  # b and c together are 4
        ({"a": 40, "b": 9, "c": 2, "d": 2}, {"b", "c", "d"}),
        ({"a": 40, "b": 3, "c": 2}, {"b", "c"}),  # together they are 5
        ({"a": 4}, {"a"}),
        ({"a": 50, "b": 0}, set()),
        ({}, set()),
    ],
)
def test_small_group_differencing(sizes, expected):
    assert hidden(sizes) == expected


def test_what_is_hidden_is_never_one_group_nor_small():
    for sizes in product(range(8), repeat=4):
        groups = dict(enumerate(sizes))
        gone = hidden(groups)
        filled = [key for key, n in groups.items() if n]
        assert all(groups[key] >= MIN_N for key in filled if key not in gone)
        if gone and len(gone) < len(filled):
            assert len(gone) > 1
            assert sum(groups[key] for key in gone) >= MIN_N
