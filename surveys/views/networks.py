"""Whether answers by one shared link come again and again from one network.

Of a network nothing is stored: for a week its answers are counted under a name that
only the key of this installation can make, and of the count the answer keeps that it
was high.
"""

from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.http import HttpRequest

from surveys.links import Link
from surveys.services import answers
from surveys.services.answers import Answered
from surveys.services.uses import gave_several, note_answer


def take_shared(
    request: HttpRequest, link: Link, *, now: datetime, **posted: Any
) -> Answered:
    """Store an answer, flagged when its network gave several to the survey lately.

    Nobody counts on a device for many, where one network is the purpose, nor where
    answers are anonymous. Queries: 2 more than without.
    """
    network = network_of(request)
    if link.is_kiosk or link.survey.is_anonymous or not network:
        return answers.answer_shared(link, now=now, **posted)
    answered = answers.answer_shared(
        link,
        now=now,
        is_one_of_several=gave_several(link.name, network=network, now=now),
        **posted,
    )
    if answered.is_new:
        note_answer(link.name, network=network, now=now)
    return answered


def network_of(request: HttpRequest) -> str:
    """Return the network that a visitor comes from.

    Of IPv6 the first half, since devices change the other one daily. Empty: behind a
    proxy of ours, whose address tells nothing of the visitor's.
    """
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if not address.is_global:
        return ""
    return address.exploded[:19]  # eight of its bytes, or all four
