"""Cells rebuilt from files of rows: equal to the database's, whatever changed."""

from pathlib import Path

import pytest

from crmkpi.crm.models import Channel
from crmkpi.lib.periods import UNDATED, Grain
from metrics import services
from metrics.dimensions import Cut
from metrics.engine import marks, months, rebuild, refresh
from metrics.engine.cells import CELL_KEY, measure_names
from metrics.measures import AXES
from metrics.measures.customers import CustomersStarted
from metrics.measures.orders import OrdersPaid
from metrics.models import CopiedFiles, DirtyKey, MonthToCopy, Slot
from tests.metrics import rows
from tests.world import NOW, World, day

pytestmark = pytest.mark.engines

JANUARY, FEBRUARY = day("2026-01-01"), day("2026-02-01")


@pytest.fixture
def files(settings, tmp_path: Path) -> Path:
    """Files of rows are kept, in a folder of the test."""
    settings.METRICS_PARQUET = str(tmp_path)
    return tmp_path


def work_off() -> None:
    while refresh.work_off_one(now=NOW):
        pass


def rebuilt(axis) -> list[tuple[int, ...]]:
    rebuild.request_rebuild(axis.key())
    work_off()
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
    work_off()
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


def test_rows_changed_where_no_files_are_kept_are_in_the_files(
    world: World, files: Path, settings
) -> None:
    """Another process writes and works off, set up without the folder."""
    rows.put(order(world, "2026-01-10"), order(world, "2026-02-10"))
    rebuilt(OrdersPaid)
    before = written(files, OrdersPaid)

    folder, settings.METRICS_PARQUET = settings.METRICS_PARQUET, ""
    rows.put(order(world, "2026-01-11", 77))
    work_off()
    rows.put(order(world, "2026-03-01", 88))  # whose keys nobody has taken yet
    settings.METRICS_PARQUET = folder

    assert rebuilt(OrdersPaid) == rebuilt_from_rows(OrdersPaid, settings)
    after = written(files, OrdersPaid)
    assert set(after) == {JANUARY, FEBRUARY, day("2026-03-01")}
    assert after[FEBRUARY] == before[FEBRUARY]


def test_so_many_rows_that_they_leave_no_keys_are_in_the_files(
    world: World, files: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.put(order(world, "2026-01-10"))
    rebuilt(OrdersPaid)
    monkeypatch.setattr(marks, "REBUILD_ABOVE", 0)
    settings.METRICS_PARQUET = ""
    rows.put(order(world, "2026-01-11", 77))
    assert not DirtyKey.objects.exists()
    assert noted(OrdersPaid) == {JANUARY}

    settings.METRICS_PARQUET = str(files)
    assert rebuilt(OrdersPaid) == rebuilt_from_rows(OrdersPaid, settings)


def test_files_of_another_state_of_the_database_are_written_anew(
    world: World, files: Path, settings
) -> None:
    """A backup was restored: its rows are older than the files, and so is its stamp."""
    stays, later = order(world, "2026-01-10"), order(world, "2026-02-10")
    rows.put(stays)
    rebuilt(OrdersPaid)
    old = CopiedFiles.objects.get(axis=OrdersPaid.key()).stamp
    rows.put(later)
    rebuilt(OrdersPaid)
    assert set(written(files, OrdersPaid)) == {JANUARY, FEBRUARY}

    type(later).objects.filter(pk=later.pk).delete()
    CopiedFiles.objects.filter(axis=OrdersPaid.key()).update(stamp=old)
    MonthToCopy.objects.all().delete()

    assert rebuilt(OrdersPaid) == rebuilt_from_rows(OrdersPaid, settings)
    assert set(written(files, OrdersPaid)) == {JANUARY}


def test_files_that_were_being_written_when_a_worker_died_are_written_anew(
    world: World, files: Path, settings
) -> None:
    rows.put(order(world, "2026-01-10"), order(world, "2026-02-10"))
    rebuilt(OrdersPaid)
    (file,) = files.glob(f"{OrdersPaid.key()}/*/{JANUARY}.parquet")
    file.unlink()
    (file.parent / "stamp").unlink()
    assert rebuilt(OrdersPaid) == rebuilt_from_rows(OrdersPaid, settings)
    assert set(written(files, OrdersPaid)) == {JANUARY, FEBRUARY}


def test_doubles_of_notes_go(world: World) -> None:
    MonthToCopy.objects.all().delete()
    for each in (JANUARY, JANUARY + 3, FEBRUARY, JANUARY):
        months.note(OrdersPaid.key(), [each])
    assert months.forget_doubles() == 2
    found = MonthToCopy.objects.order_by("month").values_list("axis", "month")
    assert list(found) == [(OrdersPaid.key(), JANUARY), (OrdersPaid.key(), FEBRUARY)]
    months.note_all()
    months.note(OrdersPaid.key(), [FEBRUARY])
    assert months.forget_doubles() == 1
    assert noted(OrdersPaid) == {None}


def test_all_months_are_noted_once_an_axis(world: World) -> None:
    months.note_all()
    months.note_all()
    notes = MonthToCopy.objects.values_list("axis", "month")
    assert sorted(notes) == [(key, None) for key in sorted(AXES)]
