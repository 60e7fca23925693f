"""What moves the figures of operations, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

PROCESS_AUTOMATION_RATE = Advice(
    moves=_(
        "How many runs meet something unusual or missing that stops them, and which "
        "processes are counted as fit to run alone. Runs that fail keep it down as "
        "well."
    ),
    agent=_(
        "When you have to step in, note why in a few words: this is what can be "
        "mended next."
    ),
    lead=_(
        "Sort the cases in which somebody stepped in by cause, and pass on the "
        "commonest. Missing data is one that a team can mend itself."
    ),
    manager=_(
        "Calling hard processes unfit to run alone lifts it. A run that nobody "
        "touched need not have gone right, so look at complaints about it too."
    ),
)

SEGMENTATION_EFFECTIVENESS = Advice(
    moves=_(
        "How the lines between segments are drawn, whether customers stand in the "
        "right one, and how unlike they are within it. A few very large customers can "
        "move it a lot."
    ),
    lead=_(
        "Have customers without a segment, or in a wrong one, put right: those "
        "without one are left out."
    ),
    manager=_(
        "Before you draw new lines, see whether customers of one segment are treated "
        "differently from those of another at all. More and finer segments lift it, "
        "and segments made by revenue say little but themselves, so keep those that "
        "lead to another way of working."
    ),
)
