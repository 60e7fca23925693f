"""What visitors of Fjordlight's showroom say without a name: by a code on the wall.

Their ballots lie in a box until their week is over, as those of any anonymous survey.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random

from django.db.models import Max

from crmkpi.accounts.models import Team
from objectives.demo import opinions
from objectives.demo import organisation as org
from objectives.demo.story import at, business_calendar, day_of, draw
from objectives.demo.world import World
from surveys.content import Content, Wording
from surveys.extras import Extra, ExtraKind, ExtraWording
from surveys.links import Link, find_shared, shared_address
from surveys.look import Look, Style
from surveys.models import Answer, Ballot, Survey
from surveys.scoring import Kind
from surveys.services.ballot_boxes import open_boxes
from surveys.services.ballots import cast
from surveys.services.replies import tell_anonymously
from surveys.services.surveys import (
    create_survey,
    offer_kiosk,
    publish,
    share,
    update_survey,
)
from surveys.texts import first_steps
from surveys.tokens import Form, hash_of

SLUG = "in-our-showroom"
DAYS = 84  # of visits that are told
VISITORS = (1, 4)  # who answer on a day
SATISFIED = 0.82
LANGUAGES = ("en", "de", "ar")
WORDS = {
    "en": (
        "How was your visit to our showroom?",
        "What brought you here?",
        ("I saw it in passing", "Somebody told me", "I came to try a lamp"),
    ),
    "de": (
        "Wie war Ihr Besuch in unserem Ausstellungsraum?",
        "Was hat Sie hergeführt?",
        ("Ich kam vorbei", "Eine Empfehlung", "Ich wollte eine Leuchte ausprobieren"),
    ),
    "ar": (
        "كيف كانت زيارتك لصالة عرضنا؟",
        "ما الذي جاء بك إلى هنا؟",
        ("مررت بالصدفة", "أوصاني بها أحدهم", "جئت لتجربة مصباح"),
    ),
}
COMMENTS = {
    "en": ("Lovely light, patient people.", "I waited long for somebody to ask."),
    "de": ("Sehr gut beraten.", "Zu voll, niemand hatte Zeit."),
    "ar": ("استقبال جميل وشرح واضح", "انتظرت طويلًا ولم يساعدني أحد"),
}  # after a good visit, after another
COMMENTING, REASON = 0.3, 0.7  # shares of visitors who say more


def bring_in(world: World) -> int:
    """Write what visitors said up to yesterday; return how many ballots were new.

    Weeks that are over come out of their box. Doing it twice changes nothing.
    """
    survey = Survey.objects.filter(slug=SLUG).first() or _open(world)
    if not survey.is_shared:  # somebody has closed it
        return 0
    today = day_of(world.as_of)
    read = Answer.objects.filter(survey=survey).aggregate(day=Max("answered_day"))
    first = max(world.story.month - DAYS, (read["day"] or 0) + 1)
    link = find_shared(shared_address(survey))
    new = 0
    for day in range(first, today):
        if link is not None and business_calendar().is_business_day(day):
            new += _visits(link, day)
        # A day later, when no form of the week before can be posted any more.
        open_boxes(now=min(at(day, 1410) + timedelta(days=1), world.as_of))
    return new


def _open(world: World) -> Survey:
    now = at(world.story.month - DAYS, 480)
    survey = create_survey(
        name="In our showroom",
        kind=Kind.CSAT,
        team=Team.objects.get(name=org.NAME),
        brand=org.NAME,
        actor=None,
        now=now,
        slug=SLUG,
    )
    content = Content.from_json(survey.draft)
    words = {each: _worded(content, each) for each in LANGUAGES}
    content = replace(
        content, wordings=words, look=Look(style=Style.FACE), extras=(_reason(),)
    )
    survey = update_survey(
        survey, content=content, is_anonymous=True, actor=None, now=now
    )
    publish(survey, actor=None, now=now)
    offer_kiosk(survey, is_offered=True, actor=None, now=now)
    return share(survey, is_shared=True, actor=None, now=now)


def _worded(content: Content, language: str) -> Wording:
    return replace(
        content.wording(language),
        question=WORDS[language][0],
        steps=first_steps(content.scale, language),
    )


def _reason() -> Extra:
    return Extra(
        "extra1",
        ExtraKind.ONE,
        {
            language: ExtraWording(question, options)
            for language, (_asked, question, options) in WORDS.items()
        },
    )


def _visits(link: Link, day: int) -> int:
    """Cast the ballots of one day that are not in the box."""
    rng = draw("showroom", day)
    return sum(
        _visit(link, day, number, draw("visitor", day, number))
        for number in range(rng.randint(*VISITORS))
    )


def _visit(link: Link, day: int, number: int, rng: Random) -> bool:
    now = at(day, 960)
    form = Form(link.name, link.version.pk, now, f"showroom {day}-{number}")
    if Ballot.objects.filter(key_hash=hash_of(form.edit_key)).exists():
        return False
    score = opinions.csat(rng, SATISFIED)
    team_id = link.survey.team_id
    cast(link, value=score, form=form, day=day, team_id=team_id)
    words = COMMENTS[rng.choice(LANGUAGES)][score < link.content.scale.top_from]
    comment = words if rng.random() < COMMENTING else ""
    given = {"extra1": [str(rng.randint(1, 3))] if rng.random() < REASON else []}
    tell_anonymously(form.edit_key, comment=comment, given=given, now=now)
    return True
