"""What moves data quality, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

DATA_COMPLETENESS = Advice(
    moves=_(
        "What people and imports fill in, and what old records lack: all records up "
        "to the day are in it, so it moves slowly. An entry that says nothing, such "
        "as n/a, is empty."
    ),
    agent=_(
        "Fill in topic, type and customer while you still have the contact before "
        "you. Leave a field empty rather than guess."
    ),
    lead=_(
        "See which field is empty most often, and ask what makes it hard to fill in."
    ),
    manager=_(
        "Forcing people to fill a field fills it with anything. If a whole source "
        "comes without a field, one change there does more than many reminders."
    ),
)

DATA_VALIDITY = Advice(
    moves=_(
        "How values are entered and imported: orders and won deals without an amount, "
        "missing days, tickets resolved before they were opened, answered calls "
        "without talk time."
    ),
    agent=_("When you win a deal, enter its amount and the true days."),
    lead=_(
        "Look at the rules beside the value, begin with the one most often broken and "
        "have those records mended."
    ),
    manager=_(
        "Broken rules may all come from one source, so mend that first. A valid value "
        "need not be true: data accuracy tells that."
    ),
)

DATA_ACCURACY = Advice(
    moves=_(
        "What was wrong when it was entered, and what has changed since, as people "
        "move and firms change their names. Which fields are picked for the check "
        "counts too."
    ),
    agent=_(
        "Ask customers now and then whether the address and the number are still "
        "right, and mend what is not."
    ),
    lead=_(
        "When a check finds errors, look for the same error in other records of that "
        "kind."
    ),
    manager=_(
        "Have chance pick the fields that are checked, as checking what is known to "
        "be right proves nothing. After a small check a change may be chance."
    ),
)
