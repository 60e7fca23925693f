"""What moves the figures of customer service, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

CUSTOMER_INTERACTIONS = Advice(
    moves=_(
        "How many customers there are, how often they need us and how often we get in "
        "touch with them. Our own mistakes raise it too, so more contacts are not "
        "always good news."
    ),
    agent=_(
        "Record every contact with its channel, customer and topic. Settle the matter "
        "in one contact where you can, even though the count is lower for it."
    ),
    lead=_(
        "Split it by channel and look at the topics behind a rise, to see whether it "
        "is sales, service or trouble."
    ),
    manager=_(
        "It is of use for planning people. As a target for a person it leads to one "
        "matter being split into several contacts."
    ),
)

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

ANSWER_RATE = Advice(
    moves=_(
        "How many people take calls at each hour, how many calls come in and how long "
        "each of them takes."
    ),
    agent=_(
        "Be available at the times planned for you, and say early when you cannot. "
        "That does more than hurrying a caller."
    ),
    lead=_(
        "Compare calls and people by the half hour, and move breaks, meetings and "
        "training out of the peaks."
    ),
    manager=_(
        "Offer a call back or another channel at the peaks. Hurried calls free a line "
        "for the moment and bring the same customers back."
    ),
)

ABANDONMENT_RATE = Advice(
    moves=_(
        "How long callers wait before they give up, what they hear meanwhile and how "
        "urgent their matter is. Those who give up within seconds count too."
    ),
    agent=_(
        "It is decided by the plan more than by you. Being available at the planned "
        "times is what helps."
    ),
    lead=_(
        "Tell callers how long it will take, or offer to call them back. Move breaks "
        "out of the hours in which most give up."
    ),
    manager=_(
        "Plan people by the hours in which calls are lost and not by the day. A busy "
        "tone in place of a queue may lower it without helping one caller."
    ),
)

SERVICE_LEVEL = Advice(
    moves=_(
        "How many people are at the phones for the calls that come in, hour by hour. "
        "When all are busy, one person more or less changes it a lot."
    ),
    agent=_(
        "Be available at the times planned for you. This does more for it than "
        "shorter calls."
    ),
    lead=_(
        "Watch it by the half hour, and move what can wait, such as mails, out of the "
        "peaks."
    ),
    manager=_(
        "A caller who has waited 21 seconds can no longer count, so look at the "
        "longest waits too. A very high level means that many people sit waiting for "
        "calls."
    ),
)

CONTACT_RESOLUTION_RATE = Advice(
    moves=_(
        "Whether the person who takes the contact can settle it, and how it is "
        "recorded whether the question was settled."
    ),
    agent=_(
        "Ask the customer whether it is settled before you record it so. What you "
        "record as open shows where help is missing."
    ),
    lead=_(
        "Hold it against the repeat calls: a high rate with many repeats may be a "
        "different way of recording. Agree what settled means."
    ),
    manager=_(
        "See for which topics people lack the knowledge or the right to decide, and "
        "give it to them. When people are paid by a number that they enter "
        "themselves, it rises whether or not anything was settled."
    ),
)

AVERAGE_SPEED_OF_ANSWER = Advice(
    moves=_(
        "How many people are at the phones for the calls that come in, hour by hour. "
        "Callers who gave up are not in it, so it can look short on the worst days."
    ),
    agent=_(
        "Be available at the planned times and set your state as it is, so that calls "
        "reach somebody who is there."
    ),
    lead=_(
        "Move breaks and other work out of the peaks. Look at the 90th percentile for "
        "the callers who waited longest."
    ),
    manager=_(
        "Read it with the abandonment rate, which counts those who did not wait. A "
        "call back spares people the queue."
    ),
)

AVERAGE_TALK_TIME = Advice(
    moves=_(
        "What customers call about, how well the answer is known and how fast the "
        "systems are."
    ),
    agent=_(
        "Let the customer finish and say back what you understood before you solve "
        "it. It costs a moment and can spare a second call."
    ),
    lead=_(
        "Listen to some of the longest and some of the shortest: a very short one may "
        "be a matter passed on. Compare within one topic."
    ),
    manager=_(
        "Neither long nor short is good by itself. Pushed down, it brings repeat "
        "calls; slow systems and unclear letters are the better place to save time."
    ),
)

AVERAGE_HANDLE_TIME = Advice(
    moves=_(
        "What customers call about, how soon the answer is found, how often they are "
        "put on hold and how much has to be typed afterwards. It rises when simple "
        "matters move to a website and the hard ones remain."
    ),
    agent=_(
        "Take notes during the talk where this does not disturb, and have texts ready "
        "for what you write each day. Take the time that a hard case needs."
    ),
    lead=_(
        "Look at its parts: talking, holding, wrapping up. Somebody with long times "
        "and few repeat calls may be doing it right."
    ),
    manager=_(
        "Pushed down, it costs first contact resolution, and the customers call "
        "again. Take steps and fields out of the systems rather than minutes from "
        "people."
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

SERVICE_CALLS = Advice(
    moves=_(
        "How many customers there are, the bills and letters they get, faults and the "
        "season. Other channels take calls over or send them on to the phone."
    ),
    agent=_(
        "Record the topic of each call, and mark it when it serves to sell. Answer "
        "the likely next question in the same call."
    ),
    lead=_(
        "Tell the team beforehand of letters, bills and changes that will bring calls."
    ),
    manager=_(
        "Fewer calls are good when a cause has gone, and bad when customers have "
        "stopped trying, so look at the answer rate and the other channels."
    ),
)

SERVICE_CALLS_PER_DAY = Advice(
    moves=_(
        "The same that moves service calls: customers, bills, letters, faults. Days "
        "on which nobody took a service call do not count, so holidays do not lower "
        "it."
    ),
    lead=_(
        "Compare the same weekdays and plan people by them. Somebody who takes the "
        "long and hard calls takes fewer, so it does not rank people."
    ),
    manager=_(
        "Plan by the hours too, as a mean day has no peaks. The agents' means do not "
        "add up to the company's."
    ),
)

REPEAT_CALL_RATE = Advice(
    moves=_(
        "Whether the first call settled the matter, whether what was promised then "
        "happened, and whether the customer knew what comes next. It is known after 7 "
        "days."
    ),
    agent=_(
        "Say what happens next and by when, and call when it takes longer. Answer the "
        "question that usually follows."
    ),
    lead=_(
        "Take ten repeats on one topic and listen to both calls: what was missing in "
        "the first."
    ),
    manager=_(
        "Many causes lie outside the team, such as late deliveries and unclear bills. "
        "Calls without a topic are matched with one another, so missing topics blur "
        "it."
    ),
)

REPEAT_CALLS = Advice(
    moves=_("How many calls there are and how many of them left something open."),
    agent=_("End with the next step in plain words: who does what, and by when."),
    lead=_(
        "Multiply them by the length of a usual call to see what they cost, and begin "
        "with the topic that costs most."
    ),
    manager=_(
        "Compare periods by the rate, as the count grows with the calls. Making it "
        "hard to get through lowers the count and leaves the need."
    ),
)

TOPICS_PER_CONTACT = Advice(
    moves=_(
        "How many matters customers bring at a time, and whether they are counted: a "
        "contact without a count has one topic."
    ),
    agent=_(
        "Ask at the end whether there is anything else, and record each matter that "
        "was raised."
    ),
    lead=_("Look at it before you compare handle times, as more matters take longer."),
    manager=_(
        "Several matters in one contact can spare the next one. Counting every small "
        "question as a topic lifts it without a meaning."
    ),
)

AVERAGE_HOLD_TIME = Advice(
    moves=_(
        "How often people have to look something up or ask somebody, and how slow the "
        "systems are."
    ),
    agent=_(
        "Say why you put the customer on hold and for how long, and come back by "
        "then. If it takes longer, offer to call back."
    ),
    lead=_(
        "Have the team note for a week what they look up while a customer waits, and "
        "put these answers where all can find them."
    ),
    manager=_(
        "Access to the right systems shortens it. Pushed down, it brings guesses in "
        "place of answers."
    ),
)

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
