"""Signs that an answer may not be what a customer thinks of us.

A flag explains. It leaves nothing out and changes nothing: a person does, and says why.
"""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

QUICK = timedelta(seconds=10)  # nobody reads a mail and presses sooner
SEVERAL = 5  # answers to one survey by its shared link from one network
SEVERAL_WITHIN = timedelta(days=7)

# Where colleagues and customers alike have their private addresses.
FREE_MAIL = frozenset(
    {
        "aol.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
        "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com",
        "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com",
        "t-online.de", "web.de", "yahoo.com",
    }
)  # fmt: skip


class Flag(TextChoices):
    """What speaks against an answer, by the column that tells it."""

    QUICK = "is_quick", _("within seconds of the mail")
    COLLEAGUE = "is_colleague", _("a colleague's address")
    SEVERAL = "is_one_of_several", _("one of several from one network")
