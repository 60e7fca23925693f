from datetime import timedelta

import pytest
from django.urls import reverse

from crmkpi.accounts import services
from crmkpi.accounts.models import Organisation, Recalculation
from tests.world import NOW

URL = "/settings/figures/"
PROGRESS, REBUILD, STOP = f"{URL}progress/", f"{URL}rebuild/", f"{URL}stop/"
State = Recalculation.State


@pytest.fixture
def manager(client, world):
    client.force_login(world.mona)
    return client


@pytest.fixture
def job(world):
    return services.ask_for_rebuild(actor=world.adam, now=NOW)


def put(job, **values):
    for name, value in values.items():
        setattr(job, name, value)
    job.save()


def test_who_manages_the_company_has_figures_rebuilt(manager, world):
    assert b"Never recalculated" in manager.get(URL).content
    assert URL in manager.get("/data/").content.decode()
    question = manager.get(REBUILD)
    assert b"Compute all figures again from the rows?" in question.content
    assert not Recalculation.objects.exists()
    page = manager.post(REBUILD, follow=True)
    assert b"Waiting for a worker" in page.content
    assert Recalculation.objects.get().asked_by == world.mona


@pytest.mark.parametrize("name", ["ana", "lee", "alice", "carl", "nora"])
def test_others_neither_ask_nor_look(client, world, name):
    client.force_login(getattr(world, name))
    for url in (URL, PROGRESS, REBUILD):
        assert client.get(url).status_code == 403
    for url in (REBUILD, STOP):
        assert client.post(url).status_code == 403
    assert not Recalculation.objects.exists()
    assert URL not in client.get("/data/").content.decode()


def test_a_second_rebuild_is_refused_in_words(manager, job):
    answer = manager.post(REBUILD)
    assert answer.status_code == 409
    assert b"All figures are being recalculated." in answer.content
    assert b"Rebuild all figures" not in answer.content
    assert Recalculation.objects.count() == 1


def test_progress_is_a_bar_with_words(manager, job):
    put(job, state=State.CELLS, total=70, done=35)
    content = manager.get(PROGRESS).content.decode()
    assert "Recalculating: 40 %" in content
    assert "Adding up the rows: 35 of 70" in content
    assert 'max="100" value="40"' in content
    assert "every 2s" in content


def test_it_says_how_long_it_still_takes(manager, job):
    """35 of 70 slots are 40 % of the work: 4 minutes leave 6."""
    counted = {"counted_from": NOW, "counted_at": NOW + timedelta(minutes=4)}
    put(job, state=State.CELLS, total=70, done=35, **counted)
    assert b"35 of 70, about 6 minutes left" in manager.get(PROGRESS).content
    put(job, done=0, counted_at=NOW)
    assert b"left" not in manager.get(PROGRESS).content


def test_it_is_stopped_after_a_question(manager, job):
    put(job, state=State.CELLS, total=70, done=35)
    assert STOP.encode() in manager.get(PROGRESS).content
    assert b"Stop the recalculation?" in manager.get(STOP).content
    assert Recalculation.objects.get().is_open
    page = manager.post(STOP, follow=True).content
    assert b"All figures from the rows: stopped on" in page
    assert b"Rebuild all figures" in page
    answer = manager.post(STOP)
    assert answer.status_code == 409
    assert b"No recalculation is under way." in answer.content


def test_too_late_to_stop_is_said_in_words(manager, job):
    put(job, state=State.VALUES, total=70, done=35)
    assert STOP.encode() not in manager.get(URL).content
    answer = manager.post(STOP)
    assert answer.status_code == 409
    assert b"It cannot be stopped any more" in answer.content
    assert Recalculation.objects.get().is_open


def test_what_cannot_be_counted_has_no_number(manager, job):
    put(job, kind="settings", state=State.ROWS)
    content = manager.get(PROGRESS).content.decode()
    assert "value=" not in content
    assert "%" not in content
    assert "still the old ones" in content


def test_an_unchanged_state_is_an_empty_answer(manager, job):
    tag = manager.get(PROGRESS)["ETag"]
    same = manager.get(PROGRESS, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    put(job, state=State.CELLS, total=70, done=1)
    assert manager.get(PROGRESS, headers={"If-None-Match": tag}).status_code == 200


def test_each_quarter_is_told_aloud_once(manager, job):
    put(job, state=State.CELLS, total=100, done=10)
    news = b"hx-swap-oob"
    assert news in manager.get(PROGRESS, {"said": "waiting-0"}).content
    assert news not in manager.get(PROGRESS, {"said": "cells-0"}).content
    put(job, done=40)
    assert news in manager.get(PROGRESS, {"said": "cells-0"}).content


def test_what_is_over_asks_no_more(manager, job):
    put(job, state=State.DONE, is_open=False, finished_at=NOW)
    content = manager.get(PROGRESS).content.decode()
    assert "every 2s" not in content
    assert "done on 13 Feb 2026 13:00" in content


def test_a_failure_says_what_holds_now(manager, job):
    put(job, error="OperationalError", state=State.CELLS, total=2)
    assert b"It is made again every half minute" in manager.get(URL).content
    put(job, is_open=False, state=State.FAILED, finished_at=NOW)
    page = manager.get(URL).content
    assert b"Nothing was changed" in page
    assert b"OperationalError" in page
    assert b"Rebuild all figures" in page


@pytest.mark.parametrize("said", ["", "x" * 5_000, "\x00", "<script>", "cells-ß"])
def test_rubbish_is_no_error(manager, job, said):
    answer = manager.get(PROGRESS, {"said": said})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content
    assert manager.post(PROGRESS).status_code == 405
    assert manager.delete(URL).status_code == 405


def test_no_recalculation_yet_is_an_empty_part(manager):
    assert manager.get(PROGRESS).status_code == 200


def test_every_page_says_that_figures_are_in_motion(manager):
    note = b"All figures are being recalculated since 13 Feb 13:00"
    pages = ("/scorecards/company/", "/metrics/", "/metrics/win_rate/", "/customers/")
    for url in pages:
        assert note not in manager.get(url).content
    Organisation.objects.update(recalculating_since=NOW)
    for url in pages:
        assert note in manager.get(url).content, url


def test_files_say_it_in_their_names(manager):
    files = [
        reverse("metrics:library_csv"),
        reverse("metrics:detail_csv", kwargs={"key": "win_rate"}),
        reverse("objectives:scorecard_csv", kwargs={"slug": "support-emea"}),
        reverse("objectives:list_csv"),
    ]
    names = [manager.get(url)["Content-Disposition"] for url in files]
    assert not any("recalculating" in name for name in names)
    Organisation.objects.update(recalculating_since=NOW)
    names = [manager.get(url)["Content-Disposition"] for url in files]
    assert all(name.endswith('-recalculating.csv"') for name in names)
