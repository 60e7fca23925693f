"""How columns become fields, and what is said about mappings that do not fit."""

from datetime import date
from decimal import Decimal

import pytest

from crmkpi.crm.ingest.mapping import MappingError, load_mapping, parse_mapping
from crmkpi.crm.ingest.reader import Reader, heading_key
from crmkpi.crm.ingest.registry import get_record
from tests.crm.rows import at


def read(record, mapping, headings, cells, zone="Europe/Berlin"):
    """Return the values of one row; it must be good."""
    found = get_record(record)
    reader = Reader(found, parse_mapping(mapping, found), headings, zone=zone)
    values, errors = reader.values(2, cells)
    assert errors == []
    return values


def fault(record, mapping, headings=()):
    """Return why a mapping does not fit."""
    found = get_record(record)
    with pytest.raises(MappingError) as caught:
        Reader(found, parse_mapping(mapping, found), list(headings), zone="UTC")
    return str(caught.value)


def test_headings_are_fields_without_a_mapping():
    headings = ["External ID", "name", "Employees"]
    assert read("customer", {}, headings, ["7", "Acme", "2,822"]) == {
        "external_id": "7",
        "name": "Acme",
        "employees": 2822,
    }


def test_a_heading_that_is_no_field_is_told():
    assert fault("product", {}, ["name", "colour"]) == (
        "The record product has no field “colour”. Name the columns in a mapping, or "
        "use the fields as headings: external_id, name, family, list_price, exclusion."
    )


def test_columns_constants_values_and_identity():
    mapping = {
        "columns": {"Deal Owner": "owner", "Product": "product", "Stage": "stage"},
        "constants": {"channel": "phone", "is_renewal": False},
        "values": {"product": {"GTXPro": "GTX Pro", "none yet": None}},
        "identity": ["Deal Owner", "No"],
    }
    headings = ["No", "deal owner:", "Product *", "Stage", "Notes"]
    assert read(
        "opportunity", mapping, headings, ["5", "Ana", "gtxpro", "Won", "x"]
    ) == {
        "owner": "Ana",
        "product": "GTX Pro",
        "stage": "Won",
        "channel": "phone",
        "is_renewal": False,
        "external_id": "Ana / 5",
    }
    cells = ["6", "Ana", "None yet", "", "x"]
    assert read("opportunity", mapping, headings, cells)["product"] is None


def test_columns_that_are_not_read_are_known():
    record = get_record("product")
    mapping = parse_mapping({"columns": {"product": "name"}}, record)
    reader = Reader(record, mapping, ["product", "colour", "size"], zone="UTC")
    assert reader.ignored == ["colour", "size"]


def test_two_columns_of_one_field_are_joined():
    mapping = {"columns": {"id": "external_id", "date": "started", "time": "started"}}
    headings = ["id", "date", "time"]
    values = read("interaction", mapping, headings, ["1", "2026-02-02", "09:12:58"])
    assert values["started"] == at("2026-02-02 08:12:58")
    values = read("interaction", mapping, headings, ["1", "2026-02-02", ""])
    assert values["started"] == date(2026, 2, 2)


def test_one_column_of_several_fields():
    mapping = {"columns": {"day": ["first_day", "last_day"]}}
    values = read("cost", mapping, ["day"], ["2026-02-02"])
    assert values == dict.fromkeys(("first_day", "last_day"), date(2026, 2, 2))


def test_dates_decimals_and_zone_as_told():
    mapping = {"date_order": "DMY", "decimal": ",", "zone": "America/New_York"}
    headings = ["external_id", "opened", "closed", "amount"]
    cells = ["1", "3.2.2026 09:00", "04/02/2026", "1.054,50"]
    assert read("opportunity", mapping, headings, cells) == {
        "external_id": "1",
        "opened": at("2026-02-03 14:00"),
        "closed": date(2026, 2, 4),
        "amount": Decimal("1054.50"),
    }


def test_a_day_may_come_with_a_time():
    values = read("contract", {}, ["started"], ["2026-02-02 00:00:00"])
    assert values["started"] == date(2026, 2, 2)


def test_durations_in_hours_and_minutes():
    headings = ["talk_seconds", "wait_seconds"]
    values = read("interaction", {}, headings, ["31:24:00", "20"])
    assert values == {"talk_seconds": 113_040, "wait_seconds": 20}


@pytest.mark.parametrize("cell", ["", " ", "n/a", "N/A", "?", "-", "NULL", "None"])
def test_missing_is_none(cell):
    assert read("customer", {}, ["employees"], [cell]) == {"employees": None}


def test_all_faults_of_a_row_are_told():
    record = get_record("interaction")
    columns = {"Begin": "started", "Talk": "talk_seconds", "Ok": "answered"}
    reader = Reader(
        record,
        parse_mapping({"columns": columns}, record),
        ["Begin", "Talk", "Ok"],
        zone="UTC",
    )
    _values, errors = reader.values(7, ["soon", "2", "maybe"])
    assert [(error.row, error.column, error.value) for error in errors] == [
        (7, "Begin", "soon"),
        (7, "Ok", "maybe"),
    ]


def test_more_cells_than_headings():
    record = get_record("product")
    reader = Reader(record, parse_mapping({}, record), ["name"], zone="UTC")
    _values, (error,) = reader.values(3, ["GTX", "pro"])
    assert (error.row, error.value) == (3, "pro")
    assert error.reason == "The row has more cells than there are headings."


def test_headings_are_compared_without_their_trimmings():
    assert heading_key("\ufeff Deal  Owner:* ") == heading_key("deal owner")


FAULTS = {
    "a list": ([], "A mapping is an object with keys and values."),
    "an unknown key": (
        {"colums": {}},
        "A mapping has no key “colums”. Keys are: columns, constants, values, "
        "identity, date_order, decimal, zone.",
    ),
    "columns as a list": ({"columns": []}, "“columns” maps headings to fields."),
    "an unknown field": (
        {"columns": {"x": "colour"}},
        "The record product has no field “colour”. Fields are: external_id, name, "
        "family, list_price, exclusion.",
    ),
    "an unknown constant": (
        {"constants": {"colour": "red"}},
        "The record product has no field “colour”. Fields are: external_id, name, "
        "family, list_price, exclusion.",
    ),
    "a constant that is a list": (
        {"constants": {"family": ["a"]}},
        "“['a']” is not a plain value.",
    ),
    "column and constant": (
        {"columns": {"x": "family"}, "constants": {"family": "G"}},
        "The field “family” has both a column and a constant.",
    ),
    "values that are no table": (
        {"values": {"family": "G"}},
        "“values” maps fields to their values and ours.",
    ),
    "identity as a text": ({"identity": "x"}, "“identity” is a list of headings."),
    "two identities": (
        {"columns": {"x": "external_id"}, "identity": ["x"]},
        "Rows are identified by external_id or by “identity”, not by both.",
    ),
    "an order of dates": (
        {"date_order": "YDM"},
        "“date_order” is one of: YMD, DMY, MDY.",
    ),
    "a decimal sign": ({"decimal": ";"}, "“decimal” is one of: ., ,."),
    "a zone": ({"zone": "Mars/Base"}, "The time zone “Mars/Base” is not known."),
    "a column that is not there": (
        {"columns": {"price": "list_price"}},
        "The table has no column “price”. Its columns are: name, cost.",
    ),
    "an identity that is not there": (
        {"columns": {"name": "name"}, "identity": ["id"]},
        "The table has no column “id”. Its columns are: name, cost.",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_mappings_that_do_not_fit(case):
    mapping, reason = FAULTS[case]
    assert fault("product", mapping, ["name", "cost"]) == reason


def test_a_mapping_that_is_not_json():
    with pytest.raises(MappingError, match="The mapping is not JSON"):
        load_mapping("{", get_record("product"))
