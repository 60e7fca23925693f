"""Whose address a request comes from when proxies stand in front."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.test import RequestFactory

from crmkpi.middleware import ClientAddress

PROXY = "203.0.113.9"


def address(forwarded: str | None) -> str:
    """Return the address that views see for what the last proxy passed on."""
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)
    ClientAddress(lambda each: each)(request)
    return request.META["REMOTE_ADDR"]


def test_one_proxy_names_who_reached_it(settings):
    settings.TRUSTED_PROXIES = 1

    assert address("198.51.100.7") == "198.51.100.7"
    assert address("192.0.2.1, 198.51.100.7") == "198.51.100.7"  # the first is made up


def test_of_two_proxies_the_first_one_knows(settings):
    settings.TRUSTED_PROXIES = 2

    assert address("192.0.2.1, 198.51.100.7, 203.0.113.5") == "198.51.100.7"
    assert address("198.51.100.7") == PROXY  # one of them wrote nothing


@pytest.mark.parametrize("forwarded", [None, "", " , "])
def test_without_a_word_of_the_proxy_its_own_address_stays(settings, forwarded):
    settings.TRUSTED_PROXIES = 1

    assert address(forwarded) == PROXY


def test_nobody_is_believed_unless_proxies_are_declared(settings):
    settings.TRUSTED_PROXIES = 0

    with pytest.raises(MiddlewareNotUsed):
        ClientAddress(lambda each: each)
