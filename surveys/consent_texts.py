"""The words beside the boxes of the thank-you page, in the customer's language."""

from collections.abc import Mapping

from surveys.content import BRAND
from surveys.models import Consent

What = Consent.What
CONSENTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        What.CONTACT: "Please get back to me.",
        What.QUOTE: "{brand} may publish my comment, without my name.",
    },
    "de": {
        What.CONTACT: "Bitte melden Sie sich bei mir.",
        What.QUOTE: "{brand} darf meinen Kommentar ohne meinen Namen veröffentlichen.",
    },
    "ar": {
        What.CONTACT: "أرجو أن تتواصلوا معي.",
        What.QUOTE: "أوافق على أن تنشر {brand} تعليقي دون ذكر اسمي.",
    },
}


def sentences(language: str, brand: str) -> dict[str, str]:
    """Return what stands beside each box; in English for any other language."""
    words = CONSENTS.get(language, CONSENTS["en"])
    return {what: words[what].replace(BRAND, brand) for what in What.values}
