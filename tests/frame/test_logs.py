import json
import logging
import sys

from crmkpi.logs import JsonFormatter


def record(message, *, exc_info=None):
    return logging.LogRecord(
        "metrics", logging.WARNING, __file__, 1, message, None, exc_info
    )


def test_one_line_of_json_whatever_the_message_holds():
    line = JsonFormatter().format(record('two\nlines and a "quote"'))

    assert "\n" not in line
    assert json.loads(line)["message"] == 'two\nlines and a "quote"'
    assert json.loads(line)["level"] == "warning"


def test_an_exception_stays_on_its_line():
    try:
        raise ValueError("seven")
    except ValueError:
        line = JsonFormatter().format(record("failed", exc_info=sys.exc_info()))

    assert "\n" not in line
    assert "ValueError: seven" in json.loads(line)["exception"]
