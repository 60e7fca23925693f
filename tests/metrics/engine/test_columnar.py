"""Cells rebuilt from files of rows: equal to the database's, whatever changed."""

from pathlib import Path

import pytest

from crmkpi.crm.models import Channel
from crmkpi.lib.periods import UNDATED, Grain
from metrics import services
from metrics.dimensions import Cut
from metrics.engine import marks, rebuild, refresh
from metrics.engine.cells import CELL_KEY, measure_names
from metrics.measures import AXES
from metrics.measures.customers import CustomersStarted
from metrics.measures.orders import OrdersPaid
from metrics.models import MonthToCopy, Slot
from tests.metrics import rows
from tests.world import NOW, World, day

pytestmark = pytest.mark.engines

JANUARY, FEBRUARY = day("2026-01-01"), day("2026-02-01")


@pytest.fixture
def files(settings, tmp_path: Path) -> Path:
    """Files of rows are kept, in a folder of the test."""
    settings.METRICS_PARQUET = str(tmp_path)
    return tmp_path


def rebuilt(axis) -> list[tuple[int, ...]]:
    rebuild.request_rebuild(axis.key())
    while refresh.work_off_one(now=NOW):
        pass
    columns = [*CELL_KEY, *measure_names(axis)]
    return list(axis.objects.order_by(*CELL_KEY).values_list(*columns))


def rebuilt_from_rows(axis, settings) -> list[tuple[int, ...]]:
    folder, settings.METRICS_PARQUET = settings.METRICS_PARQUET, ""
    found = rebuilt(axis)
    settings.METRICS_PARQUET = folder
    return found


def written(folder: Path, axis) -> dict[int, int]:
    """Return the months that have a file, each with what tells files apart."""
    paths = folder.glob(f"{axis.key()}/*/*.parquet")
    return {int(path.stem): path.stat().st_ino for path in paths}


def noted(axis) -> set[int | None]:
    notes = MonthToCopy.objects.filter(axis=axis.key())
    return set(notes.values_list("month", flat=True))


def order(world: World, on: str, amount: int = 1_000):
    return rows.order(world.alice, world.berlin, paid=day(on), amount=amount)


def test_files_give_the_cells_that_rows_give(
    world: World, files: Path, settings
) -> None:
    web = {"channel": Channel.WEB, "segment": rows.member("segment", "Large")}
    rows.put(
        order(world, "2025-12-31", 900),
        order(world, "2026-01-01", 1_100),
        rows.order(world.cleo, world.north, paid=JANUARY, amount=50, **web),
        rows.order(world.cleo, world.north, paid=UNDATED, amount=70, **web),
        rows.order(None, None, paid=FEBRUARY, amount=149),
    )
    cells = rebuilt(OrdersPaid)

    # By hand: 1,100 + 50 + 149 in 2026.
    company = {"cut": Cut.COMPANY, "grain": Grain.YEAR}
    years = OrdersPaid.objects.filter(**company).values_list("start", "rows", "amount")
    assert set(years) == {
        (UNDATED, 1, 70),
        (day("2025-01-01"), 1, 900),
        (JANUARY, 3, 1_299),
    }
    assert set(written(files, OrdersPaid)) == {
        UNDATED,
        day("2025-12-01"),
        JANUARY,
        FEBRUARY,
    }
    assert cells == rebuilt_from_rows(OrdersPaid, settings)


def test_an_axis_whose_rows_are_in_two_tables_is_read_from_these() -> None:
    from metrics.engine import columnar

    assert columnar.serves(OrdersPaid)
    assert not columnar.serves(CustomersStarted)


def test_only_the_months_that_changed_are_written_again(
    world: World, files: Path, settings
) -> None:
    rows.put(order(world, "2026-01-10"), order(world, "2026-02-10"))
    rebuilt(OrdersPaid)
    before = written(files, OrdersPaid)
    assert set(before) == {JANUARY, FEBRUARY}

    rows.put(order(world, "2026-01-31"))
    assert noted(OrdersPaid) == {JANUARY}
    cells = rebuilt(OrdersPaid)

    after = written(files, OrdersPaid)
    assert after[JANUARY] != before[JANUARY]
    assert after[FEBRUARY] == before[FEBRUARY]
    assert not noted(OrdersPaid)
    assert cells == rebuilt_from_rows(OrdersPaid, settings)


def test_a_row_that_moves_and_one_that_goes_leave_no_trace(
    world: World, files: Path, settings
) -> None:
    moves, goes = order(world, "2026-01-10"), order(world, "2026-02-10")
    rows.put(moves, goes)
    rebuilt(OrdersPaid)

    moves.paid_day = day("2026-03-05")
    rows.put(moves)
    rows.remove(goes)
    cells = rebuilt(OrdersPaid)

    assert set(written(files, OrdersPaid)) == {day("2026-03-01")}
    assert cells == rebuilt_from_rows(OrdersPaid, settings)


def test_rows_that_nobody_noted_are_in_the_files_after_a_first_filling(
    world: World, files: Path, settings
) -> None:
    rows.put(order(world, "2026-01-10"))
    rebuilt(OrdersPaid)
    with services.filling():
        rows.put(order(world, "2026-02-10"))
    Slot.objects.exclude(axis=OrdersPaid.key()).update(rebuild=False)  # takes long

    assert noted(OrdersPaid) == {None}
    assert rebuilt(OrdersPaid) == rebuilt_from_rows(OrdersPaid, settings)
    assert set(written(files, OrdersPaid)) == {JANUARY, FEBRUARY}


def test_no_rows_give_no_cells(world: World, files: Path) -> None:
    assert rebuilt(OrdersPaid) == []


def test_without_a_folder_nothing_is_noted(world: World, settings) -> None:
    assert settings.METRICS_PARQUET == ""
    MonthToCopy.objects.all().delete()
    rows.put(order(world, "2026-01-10"))
    assert not MonthToCopy.objects.exists()


def test_all_months_are_noted_once_an_axis(world: World) -> None:
    marks.note_all_months()
    marks.note_all_months()
    notes = MonthToCopy.objects.values_list("axis", "month")
    assert sorted(notes) == [(key, None) for key in sorted(AXES)]
