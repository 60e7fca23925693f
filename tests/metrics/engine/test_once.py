"""What several rules of one computation ask for is read once, and then forgotten."""

from metrics.engine.once import once, reading


def test_it_is_read_once_within_a_reading_and_anew_in_the_next():
    read = iter(range(9)).__next__

    assert [once("a", read), once("a", read)] == [0, 1]  # outside of any
    with reading():
        assert once("a", read) == 2
        with reading():
            assert [once("a", read), once("b", read)] == [2, 3]
        assert once("b", read) == 3
    with reading():
        assert once("a", read) == 4
