"""The start of the demonstration: nothing that it writes leaves the machine."""

import os

import environ

from crmkpi.demo import stay_inside


def test_mail_and_text_messages_stay_here_and_it_says_so(monkeypatch, capsys):
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example:25")
    monkeypatch.setenv("SMS_HOOK_URL", "https://gateway.example/send")

    stay_inside()

    mail = environ.Env().email_url("EMAIL_URL")
    assert mail["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert os.environ["SMS_HOOK_URL"] == ""
    said = capsys.readouterr().out
    assert "EMAIL_URL" in said and "SMS_HOOK_URL" in said


def test_nothing_is_said_where_nothing_was_configured(monkeypatch, capsys):
    for name in ("EMAIL_URL", "SMS_HOOK_URL"):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)

    stay_inside()

    assert os.environ["EMAIL_URL"] == "filemail:///"
    assert capsys.readouterr().out == ""
