import pytest

from crmkpi.lib.text import clean_display


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text", "plain text"),
        ("pay\u202egnp.exe", "paygnp.exe"),
        ("ad\u200bmin\ufeff", "admin"),
        ("\u2066isolated\u2069 \u200fmark", "isolated mark"),
        ("a\x00b\x07c\x1b[31md\x85", "abc[31md"),
        ("two\nlines\tand a tab\r\n", "two\nlines\tand a tab\r\n"),
        ("Grüße, 你好, שלום", "Grüße, 你好, שלום"),
        # Joiners that belong to the script or the emoji stay, the hidden ones go.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("ad\u200dmin", "admin"),
        ("\u200cx", "x"),
    ],
)
def test_hidden_characters_are_not_displayed(raw: str, shown: str) -> None:
    assert clean_display(raw) == shown
