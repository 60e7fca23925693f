"""The command that prints a value: what it refuses, and how."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crmkpi.accounts.models import Organisation

pytestmark = pytest.mark.usefixtures("at_now")
BROKEN = "A scope has no NUL and no broken characters."
PERIOD = ["--from", "2026-01-01", "--to"]


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as raised:
        call_command("metric_value", *arguments, stdout=StringIO())
    message = str(raised.value)
    assert "\n" not in message and raised.value.returncode == 1
    return message


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "company\x00",
        "team:support-berlin\x00",
        "agent:~\x001",
        "agent:\ud800",
        "region:\udfff",
        "channel:phone\x00",
        "region:North@team:\x00",
        "nothing\x00:a",
    ],
)
def test_a_scope_that_no_database_takes_is_refused(text: str, world) -> None:
    assert refused("win_rate", "--scope", text) == BROKEN


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["win_rat"], "There is no metric “win_rat”."),
        (["win_rate\x00"], "There is no metric “win_rate\x00”."),
        (["win_rate", "--scope", "team:nobody"], "There is no team “nobody”."),
        (
            ["win_rate", "--stat", "mode"],
            "win_rate has no reading “mode”; it has: value.",
        ),
        (
            ["win_rate", *PERIOD, "2026-02-30"],
            "--to: “2026-02-30” is no date; write it as 2026-01-31.",
        ),
        (
            ["win_rate", *PERIOD, "\x00"],
            "--to: “\x00” is no date; write it as 2026-01-31.",
        ),
        (
            ["win_rate", *PERIOD, "99999-01-01"],
            "--to: “99999-01-01” is no date; write it as 2026-01-31.",
        ),
        (
            ["win_rate", *PERIOD, "9999-12-31"],
            "--to: choose days between 1990 and 2059.",
        ),
        (["win_rate", *PERIOD, "2025-12-31"], "--to is before --from."),
        (
            ["win_rate", "--from", "2026-01-01"],
            "Give both --from and --to, or neither.",
        ),
    ],
)
def test_rubbish_gets_one_clear_line(arguments: list[str], message: str, world) -> None:
    assert refused(*arguments) == message


def test_the_first_and_last_day_are_answered(world) -> None:
    out = StringIO()

    call_command(
        "metric_value",
        "win_rate",
        "--from",
        "1990-01-01",
        "--to",
        "2059-12-31",
        stdout=out,
    )

    assert out.getvalue().startswith("win_rate: no value (")
    assert Organisation.objects.count() == 1
