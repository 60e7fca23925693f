"""The chapter on bringing in data: every record with every field, and true commands."""

import re
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from crmkpi.crm.ingest.mapping import KEYS
from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.management.commands.import_records import ABOUT_MAPPINGS
from tests.world import World


@pytest.fixture
def html(world: World) -> str:
    client = Client()
    client.force_login(world.adam)
    return client.get("/manual/data/").content.decode()


def test_every_record_stands_there_with_all_its_fields(html: str) -> None:
    assert len(RECORDS) > 10
    for record in RECORDS.values():
        (section,) = re.findall(
            rf'<section class="panel" id="{record.name}".*?</section>', html, re.DOTALL
        )
        named = re.findall(r'<th scope="row"><code>(\w+)</code>', section)
        assert named == list(record.field_names)


def test_every_key_of_a_mapping_is_explained_here_and_in_the_command(html: str) -> None:
    for key in KEYS:
        assert f"<code>{key}</code>" in html
        assert re.search(rf"^  {key} ", ABOUT_MAPPINGS, re.MULTILINE)


def test_the_example_is_a_mapping_that_is_accepted(html: str, tmp_path) -> None:
    mapping, deals = tmp_path / "deals.json", tmp_path / "deals.csv"
    example = re.search(r'<pre>(\{"columns".*?)</pre>', html, re.DOTALL)
    assert example is not None
    mapping.write_text(unescape(example[1]))
    deals.write_text("Deal ID,Deal Owner,Stage\n")
    out = StringIO()

    call_command(
        "import_records",
        "opportunity",
        str(deals),
        "--mapping",
        str(mapping),
        "--dry-run",
        stdout=out,
        stderr=StringIO(),
    )

    assert out.getvalue()
