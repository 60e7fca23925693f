"""Figures from a file: all or none, who may, what rubbish is told."""

import gzip
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crmkpi.crm.models import ImportRun, MarketFigure
from crmkpi.crm.services import figures as services
from tests.crm.rows import take
from tests.world import NOW, day

LIST = "/data/figures/"
UPLOAD = f"{LIST}upload/"
HEAD = "metric,subject,value,first_day,last_day,origin\n"
TWO = (
    "market_size,,38000000,2025-01-01,2025-12-31,Trade panel\n"
    "csat,Halo & Sons,81.5,2025-01-01,2025-12-31,Their report\n"
)


@pytest.fixture
def mona(client, world):
    client.force_login(world.mona)
    return client


def send(client, content, name="panel.csv", **fields):
    if isinstance(content, str):
        content = content.encode()
    fields = {"date_order": "YMD", "decimal": ".", **fields}
    return client.post(UPLOAD, fields | {"file": SimpleUploadedFile(name, content)})


def test_figures_come_with_author_source_and_history(mona, world):
    answer = send(mona, HEAD + TWO)
    run = ImportRun.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/data/imports/{run.pk}/")
    assert b"2 new rows, 0 changed, 0 equal." in mona.get(answer.url).content
    found = MarketFigure.objects.get(metric_key="csat")
    assert (found.value, found.subject) == (Decimal("81.5"), "Halo & Sons")
    assert (found.author, found.source.slug) == (world.mona, services.BY_HAND)
    html = mona.get(f"{LIST}{found.pk}/").content.decode()
    assert "Entered a figure" in html and "Mona" in html


def test_the_same_file_again_changes_nothing(mona):
    send(mona, HEAD + TWO)
    answer = send(mona, HEAD + TWO)
    assert b"Nothing changed" in mona.get(answer.url).content
    assert MarketFigure.objects.count() == 2


def test_the_saved_list_comes_in_again(mona, world):
    """Whatever their source was, figures are changed where they stand."""
    row = {"external_id": "p1", "metric": "market_size", "value": Decimal(5)}
    days = {"first_day": NOW.date(), "last_day": NOW.date()}
    take("market_figure", row | days)
    source = MarketFigure.objects.get().source
    saved = mona.get(f"{LIST}figures.csv").getvalue().decode()
    send(mona, saved.replace(",5,", ",6,"))
    found = MarketFigure.objects.get()
    assert (found.value, found.source) == (6, source)
    assert "value: 5 → 6" in mona.get(f"{LIST}{found.pk}/").content.decode()


def test_figures_of_several_sources_are_not_mixed_up(mona, world):
    days = {"first_day": NOW.date(), "last_day": NOW.date()}
    take("market_figure", {"external_id": "p1", "metric": "csat", "value": 1} | days)
    mona.post(
        f"{LIST}new/market-size/",
        {
            "value": 1,
            "first_day": "2025-01-01",
            "last_day": "2025-01-02",
            "origin": "x",
        },
    )
    answer = send(mona, mona.get(f"{LIST}figures.csv").getvalue())
    assert answer.status_code == 422
    assert b"These figures come from several sources" in answer.content
    assert not ImportRun.objects.exists()


def test_dates_and_decimals_as_they_are_written_here(mona):
    head = HEAD.replace(",", ";")
    row = "market_size;;1.234,5;03/02/2025;13/02/2025;Panel\n"
    send(mona, head + row, date_order="DMY", decimal=",")
    found = MarketFigure.objects.get()
    assert (found.value, found.first_day) == (Decimal("1234.5"), day("2025-02-03"))


def test_a_name_that_nothing_is_computed_of_is_refused(mona):
    answer = send(mona, HEAD + TWO.replace("csat", "cast"))
    assert "use market_size, data_accuracy" in mona.get(answer.url).content.decode()
    assert not MarketFigure.objects.exists()


def test_one_bad_row_keeps_all_out_and_says_why(mona):
    answer = send(mona, HEAD + TWO + "csat,Halo,many,2025-01-01,2025-12-31,x\n")
    html = mona.get(answer.url).content.decode()
    assert "Nothing was written" in html and "many" in html
    assert not MarketFigure.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00\x01\x02\xff" * 50,
        b"just words",
        b"metric,strange\ncsat,1\n",
        b'metric,value\n"csat,1\n',
        gzip.compress((HEAD + TWO).encode()),
        b"x" * (1024**2 + 1),
        (HEAD + "x," * 500).encode(),
        HEAD.encode("utf-16"),
    ],
)
def test_rubbish_is_refused_in_words(mona, content):
    answer = send(mona, content)
    if answer.status_code == 302:  # a table, but not one of figures
        assert b"Nothing" in mona.get(answer.url).content
    else:
        assert answer.status_code == 422
        assert b"field-error" in answer.content or b"invalid-feedback" in answer.content
    assert not MarketFigure.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a" * 300 + ".csv", "ß\u202e.csv"]
)
def test_no_name_of_a_file_is_trouble(mona, name):
    assert send(mona, HEAD + TWO, name=name).status_code == 302
    assert MarketFigure.objects.count() == 2


def test_no_file_or_choices_that_are_none(mona):
    assert mona.post(UPLOAD, {}).status_code == 422
    assert send(mona, HEAD + TWO, date_order="XYZ", decimal="?").status_code == 422
    assert mona.put(UPLOAD).status_code == 405
