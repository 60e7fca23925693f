"""What moves customer satisfaction, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

CSAT = Advice(
    moves=_(
        "How the last contact went: whether the matter was settled, how long it took "
        "and how people were spoken to. Who is asked moves it too: it rises when only "
        "easy cases get a survey."
    ),
    agent=_(
        "Before you end a contact, check that the matter is settled and say what "
        "happens next. Asking for a good score lifts the number and tells nobody "
        "anything."
    ),
    lead=_(
        "Read the comments on one topic that were not satisfied and look for a cause "
        "that a changed step or text would remove. With few answers a person's share "
        "swings by chance."
    ),
    manager=_(
        "Look at the response rate and the survey coverage beside it: a rise with "
        "fewer people asked proves little. Mend what several topics share, such as "
        "waiting or a rule that customers do not understand."
    ),
)

CSAT_MEAN = Advice(
    moves=_(
        "The same things as CSAT, but every step of the scale counts: an answer of 1 "
        "pulls it down more than one of 3, while for CSAT the two are alike."
    ),
    agent=_(
        "When you notice that a contact is going badly, say so and offer a way out. "
        "The step from very bad to fair shows here, though not in CSAT."
    ),
    lead=_(
        "Look at how the scores are spread: many fives with some ones need another "
        "remedy than many threes. Talk about the cases behind the ones."
    ),
    manager=_(
        "Compare only questions asked in the same words at the same moment, as a new "
        "wording moves the mean by itself. Use CSAT to say how many are satisfied and "
        "this to see finer changes."
    ),
)

NPS = Advice(
    moves=_(
        "What customers think of us as a whole: product, price and how problems were "
        "handled, more than a single contact. Who is asked and when moves it as well."
    ),
    agent=_(
        "Keep what you promised about calling back, and take up what upset a customer "
        "while they still remember it. Pass on what they say about product and price, "
        "even if you cannot change it."
    ),
    lead=_(
        "Have some of those who scored 0 to 6 called each week and write down the "
        "cause in their words. Do not judge a person by it: the score is about the "
        "company, and few answers swing it by many points."
    ),
    manager=_(
        "Ask the same groups at the same moment each time, else a change may come "
        "from whom you asked. Choose one cause that many name and follow it until "
        "fewer name it."
    ),
)

CES = Advice(
    moves=_(
        "How much customers have to do themselves: tell their story twice, change the "
        "channel, wait, fill in forms, come back."
    ),
    agent=_(
        "Read the history before you answer, so that nobody has to tell it again. "
        "Where you may, do the next step for the customer instead of explaining it."
    ),
    lead=_(
        "List the cases in which customers are passed on, and let one person finish "
        "the commonest of them. Check with the repeat calls that what was easy was "
        "settled too."
    ),
    manager=_(
        "Remove the form, the rule or the second call that comments name most often. "
        "A self-service page helps only if it works: those who give up on it may "
        "never be asked."
    ),
)

SURVEY_RESPONSE_RATE = Advice(
    moves=_(
        "When and how people are asked, how long the survey is and how often the same "
        "people get one. It also rises when only happy customers are asked, which "
        "makes the scores worth less."
    ),
    agent=_(
        "Tell the customer that a short survey may come and what it is for. Leave it "
        "to the rules who gets one."
    ),
    lead=_(
        "Have the survey sent soon after the contact and keep it to a few questions. "
        "Look at the survey coverage beside it: a high rate among a chosen few says "
        "little."
    ),
    manager=_(
        "Limit how often one customer is asked, and tell customers what was changed "
        "because of their answers. See whether those who do not answer belong to "
        "other channels or segments than those who do."
    ),
)

SURVEY_COVERAGE = Advice(
    moves=_(
        "The rules for sending: which tickets, channels and customers get a survey, "
        "how soon somebody may be asked again, and customers whose address is "
        "missing."
    ),
    agent=_(
        "Keep the customer's address right and the ticket linked to its customer, "
        "else no survey can be sent."
    ),
    lead=_(
        "See which topics and channels are hardly ever asked about, as the scores say "
        "nothing of them. Nobody should be able to leave a difficult ticket out."
    ),
    manager=_(
        "Asking the same people less often lowers the number and may be worth it: "
        "what counts is a fair sample. If not all can be asked, let chance decide and "
        "not a person."
    ),
)
