"""The terminal shows a bar for each step; a file of it stays free of bars."""

from io import StringIO

import pytest
from django.core.management import call_command

from metrics import recalculating
from tests.metrics import rows
from tests.world import day


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def sold(world):
    rows.put(rows.order(world.alice, world.berlin, paid=day("2026-02-01"), amount=1))


def test_a_rebuild_is_a_bar(sold):
    seen, said = Terminal(), StringIO()
    call_command("compute", rebuild=True, axis="orderspaid", stderr=seen, stdout=said)
    assert "Adding up the rows  [####" in seen.getvalue()
    assert "[########################] 100%" in seen.getvalue()
    assert "nothing is waiting" in said.getvalue()


def test_nobody_watches(sold):
    seen = StringIO()
    call_command("compute", rebuild=True, stderr=seen, stdout=StringIO())
    assert seen.getvalue() == ""


def test_an_interrupted_rebuild_says_what_is_left(sold, monkeypatch):
    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(recalculating, "drain", interrupted)
    seen = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("compute", rebuild=True, stderr=seen, stdout=StringIO())
    assert stopped.value.code == 130
    assert "waits for a worker" in seen.getvalue()
