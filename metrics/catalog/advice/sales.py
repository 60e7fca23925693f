"""What moves the figures of sales, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

PROSPECTS = Advice(
    moves=_(
        "What comes in, less what is turned down, lost or moves on to a proposal. It "
        "also grows when nobody closes what has come to nothing."
    ),
    agent=_(
        "Go through your own list once a week: set a next step for each, and close "
        "what has none."
    ),
    lead=_(
        "Look at how old they are before you call a high number good. Share them out "
        "anew when one person has more than they can call."
    ),
    manager=_(
        "More is not better by itself. Compare it with the people who can work on "
        "them and with the deals won later."
    ),
)

OPEN_OPPORTUNITIES = Advice(
    moves=_(
        "Deals opened, less those won or lost. It also grows when deals that have "
        "come to nothing are left open."
    ),
    agent=_(
        "Give every open deal a next step and a date. When nobody has answered after "
        "several tries, close it as lost."
    ),
    lead=_(
        "Go through the oldest deals with their owners and decide on each: a next "
        "step or an end. Closing them lowers the win rate of that period; they were "
        "lost before."
    ),
    manager=_(
        "Read it with the age in stage and the win rate. A target on this number "
        "fills the list with deals that are none."
    ),
)

WIN_RATE = Advice(
    moves=_(
        "Which deals are taken on at all, how early a hopeless one is closed, and how "
        "well the offer fits what the customer asked for."
    ),
    agent=_(
        "Ask early who decides, by when and with what money; close what has none of "
        "the three. Write down why each lost deal was lost."
    ),
    lead=_(
        "Read the last ten lost deals together and look for one reason they share. "
        "Split the rate by channel and product before judging a person."
    ),
    manager=_(
        "Compare with the number of deals: a rate that rises while fewer are taken on "
        "is no gain. Agree with marketing which leads are worth a deal."
    ),
)

CLOSE_RATE = Advice(
    moves=_(
        "Which deals are opened at all, and what has become of them so far. It is low "
        "for recent periods, as many of their deals are still open."
    ),
    agent=_(
        "Open a deal when there is a need, money for it and somebody who decides. "
        "Bring each open one to a decision, be it yes or no."
    ),
    lead=_(
        "Compare periods only when they are equally long ago: deals of last spring "
        "have had more time than those of last month."
    ),
    manager=_(
        "Opening deals late, when they are nearly won, lifts it and takes away the "
        "view of what is to come. Read it with the number of deals opened."
    ),
)

WON_DEALS = Advice(
    moves=_(
        "How many deals are worked on and how many of them fit. The season and new "
        "products move it as well."
    ),
    agent=_(
        "Give your time first to deals with a date for the decision, and ask what is "
        "still missing for a yes."
    ),
    lead=_(
        "When it falls, look a step earlier: fewer leads, fewer proposals, or fewer "
        "won of as many. Each needs another remedy."
    ),
    manager=_(
        "Discounts and one deal split into two lift the count, so hold it against won "
        "value and margin."
    ),
)

WON_VALUE = Advice(
    moves=_(
        "The number of deals won and their size. One large deal can decide a period."
    ),
    agent=_(
        "Ask what the customer needs in all before you make an offer, so that it "
        "covers the whole need. Enter the amount agreed and not the one hoped for."
    ),
    lead=_(
        "Look at it with and without the largest deal. When it falls, see whether "
        "there were fewer deals or smaller ones."
    ),
    manager=_(
        "It says what was agreed, not what was paid or what it cost to deliver: "
        "revenue and margin say that. A target on it invites discounts shortly before "
        "the period ends."
    ),
)

AVERAGE_DEAL_SIZE = Advice(
    moves=_(
        "The mix of customers and products, discounts, and single large deals. The "
        "median beside it hardly moves with one large deal."
    ),
    agent=_(
        "Ask about the whole need and show what covers it. Give a discount for "
        "something in return, such as a longer term."
    ),
    lead=_(
        "Compare mean and median: if only the mean moved, it was one or two deals. "
        "Look at discounts by product."
    ),
    manager=_(
        "Turning small deals away lifts it and may lower the revenue. Compare within "
        "one segment."
    ),
)

SALES_CYCLE_LENGTH = Advice(
    moves=_(
        "How large the deals are, how many people decide at the customer's, and how "
        "long each step waits on our side. A deal entered late looks short."
    ),
    agent=_(
        "End each talk with the next step and a date. Where you can, send what was "
        "asked for on the same day."
    ),
    lead=_(
        "See in the stage duration where deals wait, and which of the waiting is "
        "ours: approvals, prices, texts."
    ),
    manager=_(
        "Winning only small, quick deals shortens it. Lost deals are not in it, so "
        "those that drag on and are lost do not show here."
    ),
)

NEW_REVENUE = Advice(
    moves=_("How many new customers place their first order, and how large it is."),
    agent=_(
        "Help a new customer to choose what they will use: a first order that is too "
        "large may also be the last."
    ),
    lead=_(
        "See for which channels and products a second order follows the first, and "
        "give these your time."
    ),
    manager=_(
        "It can be bought with discounts and advertising. Hold it against the "
        "acquisition cost and the new customer retention rate."
    ),
)

AVERAGE_ORDER_VALUE = Advice(
    moves=_(
        "What is sold, at what price, and how many things go into one order. "
        "Discounts move it, and so do a few large orders."
    ),
    agent=_(
        "When you take an order, ask once what else is needed to use what was ordered."
    ),
    lead=_(
        "Compare by product and channel, as a single large order moves the mean of a "
        "small team."
    ),
    manager=_(
        "Losing small orders lifts it without any more revenue, so read the two "
        "together. Discounts for quantity lift it and may lower the margin."
    ),
)

PIPELINE_VELOCITY = Advice(
    moves=_(
        "Four numbers at once: open deals, win rate, average deal size and the median "
        "sales cycle. See which of the four moved."
    ),
    agent=_(
        "Close deals that have come to nothing and agree dates for the others. What "
        "the number loses by that was never there."
    ),
    lead=_(
        "Work on the one of the four that is weakest beside earlier periods. Deals "
        "left open although they are lost make the number too high."
    ),
    manager=_(
        "It carries the past forward and promises nothing; with few deals it jumps. "
        "As a target for one person it invites keeping lost deals open."
    ),
)

CLOSED_VALUE_PER_CYCLE_DAY = Advice(
    moves=_(
        "The value of the deals won, and the mean number of days it took to win them. "
        "A longer period shows more, as more deals are won in it."
    ),
    agent=_(
        "Keep the days short in which a customer waits for you: a price, a text, a "
        "call back."
    ),
    lead=_(
        "Compare periods of the same length. See which deals took unusually long and "
        "what they waited for."
    ),
    manager=_(
        "Because it multiplies two things into one, look at won value and sales cycle "
        "length apart. A single large deal can make it."
    ),
)

STAGE_DURATION = Advice(
    moves=_(
        "What has to happen in the stage, how long it waits for us or for the "
        "customer, and whether deals are moved on the day they truly move."
    ),
    agent=_(
        "Move a deal on in the system when it moves on in truth. At the start of a "
        "stage, ask what is needed to leave it."
    ),
    lead=_(
        "Take the stage with the longest stays first and see what deals wait for there."
    ),
    manager=_(
        "Stays that have not ended are missing: a stage full of stuck deals can look "
        "quick until they leave it. The age in stage shows them."
    ),
)

AGE_IN_STAGE = Advice(
    moves=_(
        "How long open deals have been where they are. Closing or moving the oldest "
        "lowers it at once, and so do new deals."
    ),
    agent=_(
        "Begin with your oldest deals: ask the customer plainly whether they still "
        "want it, and close the deal if they do not."
    ),
    lead=_(
        "Agree for each stage the age after which a deal is talked about, and go "
        "through those beyond it."
    ),
    manager=_(
        "Moving deals on only to make them look young lowers it without progress, so "
        "read it with the win rate. If one stage is old throughout, look for what "
        "holds deals up there."
    ),
)

SALES_CALLS = Advice(
    moves=_(
        "How many people have time to call, how good their lists are, and how often a "
        "call reaches nobody: answered or not, each counts."
    ),
    agent=_(
        "Have one reason for each call why it is of use to that customer, and call at "
        "the time they named."
    ),
    lead=_("See at what times most calls reach somebody, and move the calling there."),
    manager=_(
        "A target on the count brings short calls to anybody. Hold it against the "
        "deals that come of it and the customers who ask not to be called."
    ),
)

SALES_CALLS_PER_OPPORTUNITY = Advice(
    moves=_(
        "How many talks a deal needs, how many attempts reach nobody, and whether "
        "calls are linked to their deal, as others do not count."
    ),
    agent=_(
        "Link your calls to the deal. End each talk with a time for the next, so that "
        "fewer attempts reach nobody."
    ),
    lead=_(
        "Compare won with lost deals: many calls for lost ones may mean that they "
        "were given up late."
    ),
    manager=_(
        "Neither high nor low is good by itself, as large deals need more talks. "
        "Before you compare teams, check that all of them link their calls."
    ),
)

PROPOSALS_GIVEN = Advice(
    moves=_("How many deals come far enough, and how readily proposals are sent."),
    agent=_(
        "Send a proposal when you know what the customer needs and who decides. Talk "
        "it through with them as well as sending it."
    ),
    lead=_(
        "Read a few proposals of lost deals and see whether they answered what was "
        "asked. Find the slow parts of writing one and take them out."
    ),
    manager=_(
        "More proposals with a falling win rate may mean that they go out too early, "
        "and each one costs hours. So leave the count without a target of its own."
    ),
)

COMPETITIVE_KNOCKOUTS = Advice(
    moves=_(
        "How many deals name a competitor and how many of these are won. A competitor "
        "who is not entered does not count."
    ),
    agent=_(
        "Ask who else is being considered and what the customer compares. Enter the "
        "name early, also when things look bad."
    ),
    lead=_("Collect for each competitor what helped to win, and tell the whole team."),
    manager=_(
        "It grows with competition itself, so read it with the competitive win rate. "
        "If competitors are entered only after a win, both look too good."
    ),
)

COMPETITIVE_WIN_RATE = Advice(
    moves=_(
        "How our offer stands beside the others: price, fit, trust and speed. It also "
        "depends on competitors being entered in lost deals as well as in won ones."
    ),
    agent=_(
        "Ask what matters most to the customer and show how we do there. Leave the "
        "faults of others to the customer's own judgement."
    ),
    lead=_(
        "With few such deals, read the reasons instead of the rate. Look at it by "
        "product and see where one reason comes back."
    ),
    manager=_(
        "Decide also where not to compete. A lower price can win these deals and lose "
        "the margin."
    ),
)

NEW_CUSTOMERS = Advice(
    moves=_(
        "The leads and deals of the months before, campaigns, recommendations and the "
        "season. Customers who come back do not count."
    ),
    agent=_(
        "Set a date for the next step with everybody who is interested. Before you "
        "create a customer, look whether they are there already."
    ),
    lead=_(
        "When it falls, look a step earlier: fewer leads, a longer wait for an "
        "answer, or fewer converted."
    ),
    manager=_(
        "Hold it against what they cost to win and how many are still there after 90 "
        "days. Deep discounts bring many who do not stay."
    ),
)
