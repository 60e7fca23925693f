"""What moves the figures of tickets, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

TICKET_VOLUME = Advice(
    moves=_(
        "How many customers there are, what goes wrong, how clear bills, products and "
        "texts are, and how easy it is to open a ticket."
    ),
    agent=_(
        "If the customer writes about the same matter, add it to the open ticket "
        "instead of opening another. Choose the topic with care, so that causes can "
        "be found."
    ),
    lead=_(
        "Look for topics that grow faster than the rest and tell those who can mend "
        "the cause."
    ),
    manager=_(
        "Fewer tickets are good when a cause has gone, and bad when customers gave up "
        "asking or took to the phone: look at calls and satisfaction too."
    ),
)

TICKETS_HANDLED = Advice(
    moves=_(
        "How many tickets come in, how hard they are and how many people work on them."
    ),
    agent=_(
        "Finish what can be finished before you open the next. Taking the easy ones "
        "first lifts the count and lets the others wait."
    ),
    lead=_(
        "Share out hard and easy tickets alike, else the count shows luck. Look at "
        "first contact resolution before you compare people."
    ),
    manager=_(
        "Use it to plan people. When people are paid or ranked by it, tickets get "
        "closed too early and one is split into two."
    ),
)

FIRST_RESPONSE_TIME = Advice(
    moves=_(
        "How many tickets come in at once, who is there to answer, and the nights and "
        "weekends between, which count by the clock on the wall. Business hours stand "
        "beside it."
    ),
    agent=_(
        "Go through new tickets at fixed times and answer with something of use: what "
        "you found and when you will write again. An empty first answer shortens the "
        "time and helps nobody."
    ),
    lead=_(
        "See at what times tickets wait longest and have somebody there. Look at "
        "tickets without any reply too, as they are not in the number."
    ),
    manager=_(
        "Replies by bots do not count here, so more of them will not shorten it. If "
        "it falls while the resolution time rises, people answer first and solve "
        "later."
    ),
)

AVERAGE_RESOLUTION_TIME = Advice(
    moves=_(
        "How hard the matters are, how long tickets wait for the customer or for "
        "others, and how often they come back: the time runs until the last "
        "resolution."
    ),
    agent=_(
        "Ask for everything you need in one message. Resolve a ticket when the matter "
        "is settled, as one that comes back counts from its first day."
    ),
    lead=_(
        "Find out what tickets wait for: other departments, parts, approvals. "
        "Clearing up old tickets makes the mean jump while the median hardly moves; "
        "that is work well done."
    ),
    manager=_(
        "Tickets closed too early shorten it at first, so hold it against first "
        "contact resolution. Agree times with the departments that tickets wait for."
    ),
)

SAME_DAY_CLOSURE_RATE = Advice(
    moves=_(
        "How many matters are simple, at what time of day they come in, and whether "
        "people may decide themselves. A ticket opened late in the evening has little "
        "chance."
    ),
    agent=_(
        "Settle at once what takes a few minutes, and tell the others when they will "
        "hear from you. Leave open what is not settled."
    ),
    lead=_(
        "Give people the right to decide small cases, such as goodwill up to an "
        "amount. Pass on hard tickets early in the day."
    ),
    manager=_(
        "If tickets come late, people in the evening move it more than anything else. "
        "Pushed as a target, it leads to tickets that are closed and come back."
    ),
)

SLA_COMPLIANCE = Advice(
    moves=_(
        "Which times were promised, how many tickets come in, and whether the one "
        "that falls due next is taken first. An open ticket past its time already "
        "counts as missed."
    ),
    agent=_(
        "Work by the time that is due and not by the order of arrival. Say early when "
        "you cannot keep a time, so that somebody else may."
    ),
    lead=_(
        "Look each morning at what falls due today and share it out. Look at first "
        "replies and resolutions apart, as they need different remedies."
    ),
    manager=_(
        "Longer promises lift it and help no customer. A ticket that is late already "
        "has nothing to lose here, so watch how old the open ones become."
    ),
)

OPEN_TICKETS = Advice(
    moves=_(
        "Tickets that come in, less those that are resolved. Those that wait for a "
        "customer or for somebody else are in it too."
    ),
    agent=_(
        "Go through your own each day: what can be finished, for whom do you wait, "
        "who needs a word from you."
    ),
    lead=_(
        "Look at the oldest first and at the sum second. Move tickets when one person "
        "has far more than the others."
    ),
    manager=_(
        "When it grows for weeks, there are too few people or there is a cause to "
        "mend. It also falls when tickets are closed without being settled, so look "
        "at the repeat calls."
    ),
)

FIRST_CONTACT_RESOLUTION = Advice(
    moves=_(
        "Whether the person who takes the contact has the knowledge and the right to "
        "settle it, and what kind of matters come in. It is known after 7 days, when "
        "the customer has not come back."
    ),
    agent=_(
        "Before you end a contact, ask whether anything is left open and answer the "
        "question that usually follows."
    ),
    lead=_(
        "List the topics in which customers come back most. Write the answer down for "
        "all, or get the team the right to settle them."
    ),
    manager=_(
        "It may cost a longer handle time, and often that is a fair price. It falls "
        "when simple matters move to a website and the hard ones remain, which is no "
        "loss."
    ),
)

COMPLAINT_RESOLUTION_TIME = Advice(
    moves=_(
        "How serious the complaints are, who may decide on them and how long other "
        "departments take. A complaint that comes back counts from its first day."
    ),
    agent=_(
        "Say at once what you will do and by when, and report also when there is "
        "nothing new. Ask early what would settle it for the customer."
    ),
    lead=_(
        "Have the right to decide on goodwill close to those who talk to the "
        "customer. Keep a list of complaints that wait for others."
    ),
    manager=_(
        "Paying quickly shortens it and leaves the cause, so follow the causes too. "
        "Complaints entered as another type are missing here: look through a sample."
    ),
)

SAME_DAY_CLOSURES = Advice(
    moves=_(
        "How many tickets come in, how many of them are simple and at what time of "
        "day they come. Today is in it, so it grows until midnight."
    ),
    agent=_(
        "Settle at once what takes a few minutes, and leave open what is not settled."
    ),
    lead=_(
        "See which topics would be settled the same day if people might decide them. "
        "To compare people or days use the rate, as the count grows with the tickets."
    ),
    manager=_(
        "Pushed as a target, it leads to tickets that are closed and come back, and "
        "to hard ones left for tomorrow. So read it with first contact resolution."
    ),
)

SERVICE_REQUESTS_BY_TYPE = Advice(
    moves=_(
        "What customers need help with. New products, bills, letters and the season "
        "move each type in its own way."
    ),
    agent=_(
        "Choose the type with care, as a wrong one hides a cause. Say when a type is "
        "missing."
    ),
    lead=_(
        "Take the commonest type and ask what would make it needless: a clearer text, "
        "a page, a mended fault."
    ),
    manager=_(
        "When many go under a type such as other, tidy the list before you draw "
        "conclusions. Complaints are not in it."
    ),
)
