"""What moves the figures of calls and contacts, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

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
        "Shorter is better only where the matter is settled as well: look at first "
        "contact resolution beside it. Slow systems and unclear letters are the best "
        "place to save time; pushing people brings repeat calls."
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
