"""The broker made of files: a worker that looks at any moment finds whole messages."""

import os
from queue import Empty

import pytest
from kombu import Connection

from crmkpi.broker import Transport
from crmkpi.celery import app


@pytest.fixture
def channel(tmp_path):
    folders = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://", transport_options=folders) as connection:
        yield connection.channel()


def test_the_application_uses_it():
    assert app.connection_for_write("filesystem://").get_transport_cls() is Transport


def test_messages_come_as_they_were_put(channel):
    for number in range(3):
        channel._put("bells", {"number": number})
    channel._put("others", {"number": 9})

    assert sorted(channel._get("bells")["number"] for _ in range(3)) == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("bells")
    assert channel._get("others") == {"number": 9}


def test_a_message_half_written_is_not_in_the_queue(channel, monkeypatch):
    """Once a worker took an empty one and ended."""
    seen = []

    def open_slowly(*args, **kwargs):
        file = os.open(*args, **kwargs)
        with pytest.raises(Empty):
            channel._get("bells")
        seen.append(args[0])
        return file

    def write_slowly(self, text):
        with open(self, "w", opener=open_slowly) as file:
            return file.write(text)

    monkeypatch.setattr("pathlib.Path.write_text", write_slowly)

    channel._put("bells", {"number": 1})

    assert len(seen) == 1
    assert channel._get("bells") == {"number": 1}
