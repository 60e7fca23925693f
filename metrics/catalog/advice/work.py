"""What moves the figures of agents' time, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

OCCUPANCY = Advice(
    moves=_(
        "How many contacts come in for the people who are there. The plan decides it, "
        "and agents hardly do."
    ),
    agent=_(
        "Set your state as it is, so that the plan rests on true times. Say when "
        "hours without a pause follow one another."
    ),
    lead=_(
        "When it stays high for hours, move other work away or get help from another "
        "team. When it is low, use the time for training and mails."
    ),
    manager=_(
        "A small group needs more time to spare than a large one to answer as soon. "
        "Aiming for 100 leaves people no breath and callers waiting at the next peak."
    ),
)

SHRINKAGE = Advice(
    moves=_(
        "Leave, sickness, meetings, training and breaks. The planned part is meant to "
        "be; the unplanned part is what upsets a day."
    ),
    agent=_(
        "Set your state as it is, and say as early as you can when you will not be "
        "there."
    ),
    lead=_(
        "Put meetings and training into quiet hours instead of dropping them. When "
        "unplanned absence rises, look at the load first."
    ),
    manager=_(
        "Cutting training and breaks lowers it and costs quality and health. Plan "
        "with the share as it is and not as one would like it."
    ),
)

BREAK_ADHERENCE = Advice(
    moves=_(
        "Whether breaks can be as long as planned: a long call before one, a full "
        "queue or a plan that leaves no time to walk."
    ),
    agent=_(
        "Tell your lead when a call takes up your break, so that it can be moved. "
        "Take it, as a break that was not taken counts nothing."
    ),
    lead=_(
        "Only the length counts and not the time of day, so let people swap breaks. "
        "Look at the plan before you talk to a person."
    ),
    manager=_(
        "A minute either way matters little. Used to press people, it leads to states "
        "that are set to please and not to a better plan."
    ),
)
