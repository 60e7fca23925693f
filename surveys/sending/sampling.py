"""Who is in a rule's sample: by a hash, so that asking again gives the same answer."""

from hashlib import sha256


def is_sampled(survey_id: int, who: str, *, percent: int) -> bool:
    """Tell whether a person is among the percent that a survey asks.

    The same person is always in or out of a survey's sample, and who is in a small
    sample is in every larger one, so that raising the share loses nobody.
    """
    digest = sha256(f"{survey_id}:{who}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent
