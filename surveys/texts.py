"""The words of the customer pages in the customer's language, and first drafts.

Not gettext: the page speaks the language of the customer, not that of a user of the
application, and a published question must never change with a translation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton

from surveys.content import Wording
from surveys.scoring import Kind, Scale

RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True)
class Page:
    """What the pages say around the question."""

    name: str  # of the language, in itself
    title: str  # {brand}
    picked: str  # {score}
    send: str
    fine: str
    subjects: Mapping[str, str]  # kind of the thing asked about -> sentence, {day}
    about: str  # label of the links below
    who: str
    stop: str
    choose_score: str  # {low}, {high}
    stale: str
    thanks: str
    recorded: str
    comment_label: str
    comment_hint: str
    comment_send: str
    more_send: str  # of a form that holds more than the comment
    comment_thanks: str
    comment_too_long: str
    comment_unreadable: str
    change: str
    change_title: str
    change_send: str
    keep: str  # leads back from changing
    changed: str
    already: str
    already_text: str
    closed: str
    closed_text: str
    missing: str
    missing_text: str
    too_many: str
    too_many_text: str
    too_long: str
    too_long_text: str
    later: str
    later_text: str
    who_text: tuple[str, ...]  # {brand}
    anonymous: str
    anonymous_hint: str  # beside the comment
    who_anonymous: tuple[str, ...]  # {brand}
    stop_title: str
    stop_text: str  # {brand}
    stop_send: str
    stopped: str
    stopped_text: str  # {brand}
    back: str
    test: str  # one word for the subject of a mail
    test_note: str
    continue_to: str  # {host}
    extra_hint: str  # of a question with several choices
    extra_unoffered: str
    extra_too_long: str
    kiosk_fine: str
    kiosk_again: str
    poster_how: str
    mail_scale: str
    mail_answer: str
    mail_stop: str
    mail_until: str  # {day}
    mail_reminder: str


PAGES: Mapping[str, Page] = {
    "en": Page(
        name="English",
        title="One question from {brand}",
        picked="You picked {score} in our mail. Nothing is sent until you press "
        "the button.",
        send="Send my answer",
        fine="One tap is enough; you may add a comment afterwards.",
        subjects={
            "ticket": "About your request of {day}.",
            "interaction": "About your contact with us on {day}.",
            "call": "About your call with us on {day}.",
            "order": "About your order of {day}.",
            "delivery": "About your order delivered on {day}.",
        },
        about="About this survey",
        who="Who sees my answer?",
        stop="No more surveys",
        choose_score="Please choose a number from {low} to {high}.",
        stale="This page was open for a long time. Please press the button once more.",
        thanks="Thank you",
        recorded="We have received your answer.",
        comment_label="Your comment",
        comment_hint="You may leave this empty.",
        comment_send="Send my comment",
        more_send="Send this too",
        comment_thanks="We have received your comment.",
        comment_too_long="Please shorten your comment to 5,000 characters.",
        comment_unreadable="Your comment contains characters that we cannot store. "
        "Please remove them.",
        change="Change my answer",
        change_title="Change my answer",
        change_send="Save my answer",
        keep="Leave it as it is",
        changed="We have changed your answer.",
        already="You have already answered",
        already_text="Thank you. We have your answer, and each link takes one answer.",
        closed="This survey has ended",
        closed_text="Thank you for coming by. Answers are no longer taken.",
        missing="This link leads nowhere",
        missing_text="Perhaps a part of it was lost. Please open it from our mail once "
        "more.",
        too_many="Please wait a moment",
        too_many_text="Too many attempts came from your network. Please try again in "
        "ten minutes.",
        too_long="That was too much text",
        too_long_text="Please go back and shorten it.",
        later="Please try again later",
        later_text="We could not store your answer just now. Nothing was sent.",
        who_text=(
            "{brand} receives your answer to find out what to do better.",
            "The people who helped you see only figures made of several answers, "
            "never who gave which one.",
            "Their managers, and whoever they ask to get back to you, may read your "
            "answer and your comment.",
            "They may pass on the words of a comment to whoever it is about, days "
            "later and without your name.",
        ),
        anonymous="This survey is anonymous: nobody can tell which answer is yours.",
        anonymous_hint="You may leave this empty. Please give no names: your comment "
        "is read as you write it, and cannot be changed.",
        who_anonymous=(
            "{brand} receives your answer without your name and cannot find out that "
            "it is yours.",
            "Nobody sees it at once: it is read some days later, together with at "
            "least four others. Of the time we keep only the day, and later not even "
            "that.",
            "If we invited you, we note that you have answered, so as not to remind "
            "you. What you said is not kept there, so nobody can change it or look it "
            "up, not even you.",
        ),
        stop_title="No more surveys",
        stop_text="Shall we stop sending you surveys from {brand}?",
        stop_send="Send me no more surveys",
        stopped="No more surveys",
        stopped_text="{brand} will send you no more surveys.",
        back="Back to the question",
        test="Test",
        test_note="This is a test: nothing is stored.",
        continue_to="Continue to {host}",
        extra_hint="You may choose several.",
        extra_unoffered="Please choose one of the options.",
        extra_too_long="Please shorten this to 300 characters.",
        kiosk_fine="One tap is enough. We do not ask who you are.",
        kiosk_again="The question comes back in 20 seconds.",
        poster_how="Scan the code with the camera of your phone, or open this address:",
        mail_scale="Choose a number:",
        mail_answer="Your choice opens a page; nothing is sent before you press the "
        "button there.",
        mail_stop="Send me no more surveys",
        mail_until="You can answer until {day}.",
        mail_reminder="We asked you a few days ago, and will remind you only "
        "this once.",
    ),
    "de": Page(
        name="Deutsch",
        title="Eine Frage von {brand}",
        picked="Sie haben in unserer E-Mail die {score} gewählt. Gesendet wird erst, "
        "wenn Sie auf den Knopf drücken.",
        send="Antwort senden",
        fine="Einmal tippen genügt; einen Kommentar können Sie danach ergänzen.",
        subjects={
            "ticket": "Zu Ihrer Anfrage vom {day}.",
            "interaction": "Zu Ihrem Kontakt mit uns am {day}.",
            "call": "Zu Ihrem Anruf bei uns am {day}.",
            "order": "Zu Ihrer Bestellung vom {day}.",
            "delivery": "Zu Ihrer Bestellung, geliefert am {day}.",
        },
        about="Über diese Umfrage",
        who="Wer sieht meine Antwort?",
        stop="Keine Umfragen mehr",
        choose_score="Bitte wählen Sie eine Zahl von {low} bis {high}.",
        stale="Diese Seite war lange offen. Bitte drücken Sie noch einmal auf den "
        "Knopf.",
        thanks="Vielen Dank",
        recorded="Ihre Antwort ist bei uns angekommen.",
        comment_label="Ihr Kommentar",
        comment_hint="Sie können das Feld leer lassen.",
        comment_send="Kommentar senden",
        more_send="Auch das senden",
        comment_thanks="Ihr Kommentar ist bei uns angekommen.",
        comment_too_long="Bitte kürzen Sie Ihren Kommentar auf 5.000 Zeichen.",
        comment_unreadable="Ihr Kommentar enthält Zeichen, die wir nicht speichern "
        "können. Bitte entfernen Sie sie.",
        change="Antwort ändern",
        change_title="Antwort ändern",
        change_send="Antwort speichern",
        keep="So lassen, wie sie ist",
        changed="Wir haben Ihre Antwort geändert.",
        already="Sie haben schon geantwortet",
        already_text="Vielen Dank. Wir haben Ihre Antwort; jeder Link nimmt eine "
        "Antwort an.",
        closed="Diese Umfrage ist beendet",
        closed_text="Danke, dass Sie vorbeischauen. Antworten werden nicht mehr "
        "angenommen.",
        missing="Dieser Link führt ins Leere",
        missing_text="Vielleicht ging ein Teil davon verloren. Bitte öffnen Sie ihn "
        "noch einmal aus unserer E-Mail.",
        too_many="Bitte warten Sie einen Moment",
        too_many_text="Aus Ihrem Netz kamen zu viele Versuche. Bitte versuchen Sie es "
        "in zehn Minuten noch einmal.",
        too_long="Das war zu viel Text",
        too_long_text="Bitte gehen Sie zurück und kürzen Sie ihn.",
        later="Bitte versuchen Sie es später noch einmal",
        later_text="Wir konnten Ihre Antwort gerade nicht speichern. Gesendet wurde "
        "nichts.",
        who_text=(
            "{brand} erhält Ihre Antwort, um zu erfahren, was besser werden kann.",
            "Wer Ihnen geholfen hat, sieht nur Zahlen aus mehreren Antworten, nie, "
            "wer welche gegeben hat.",
            "Die Vorgesetzten, und wen sie bitten, sich bei Ihnen zu melden, können "
            "Ihre Antwort und Ihren Kommentar lesen.",
            "Den Wortlaut eines Kommentars können sie Tage später und ohne Ihren Namen "
            "an die Person weitergeben, um die es darin geht.",
        ),
        anonymous="Diese Umfrage ist anonym: Niemand kann erkennen, welche Antwort "
        "von Ihnen ist.",
        anonymous_hint="Sie können das Feld leer lassen. Bitte nennen Sie keine Namen: "
        "Ihr Kommentar wird gelesen, wie Sie ihn schreiben, und ist nicht mehr zu "
        "ändern.",
        who_anonymous=(
            "{brand} erhält Ihre Antwort ohne Ihren Namen und kann nicht "
            "herausfinden, dass sie von Ihnen ist.",
            "Niemand sieht sie sofort: Sie wird einige Tage später gelesen, zusammen "
            "mit mindestens vier anderen. Vom Zeitpunkt behalten wir nur den Tag, und "
            "später nicht einmal den.",
            "Wenn wir Sie eingeladen haben, merken wir uns, dass Sie geantwortet "
            "haben, um Sie nicht zu erinnern. Was Sie gesagt haben, steht dort nicht; "
            "niemand kann es ändern oder nachsehen, auch Sie nicht.",
        ),
        stop_title="Keine Umfragen mehr",
        stop_text="Sollen wir Ihnen keine Umfragen von {brand} mehr schicken?",
        stop_send="Keine Umfragen mehr schicken",
        stopped="Keine Umfragen mehr",
        stopped_text="{brand} schickt Ihnen keine Umfragen mehr.",
        back="Zurück zur Frage",
        test="Test",
        test_note="Das ist ein Test: Gespeichert wird nichts.",
        continue_to="Weiter zu {host}",
        extra_hint="Sie können mehrere wählen.",
        extra_unoffered="Bitte wählen Sie eine der Möglichkeiten.",
        extra_too_long="Bitte kürzen Sie das auf 300 Zeichen.",
        kiosk_fine="Einmal tippen genügt. Wir fragen nicht, wer Sie sind.",
        kiosk_again="Die Frage erscheint in 20 Sekunden wieder.",
        poster_how="Scannen Sie den Code mit der Kamera Ihres Telefons, oder öffnen "
        "Sie diese Adresse:",
        mail_scale="Wählen Sie eine Zahl:",
        mail_answer="Ihre Wahl öffnet eine Seite; gesendet wird erst, wenn Sie dort "
        "auf den Knopf drücken.",
        mail_stop="Keine Umfragen mehr schicken",
        mail_until="Sie können bis zum {day} antworten.",
        mail_reminder="Wir haben Sie vor ein paar Tagen gefragt und erinnern Sie "
        "nur dieses eine Mal.",
    ),
    "ar": Page(
        name="العربية",
        title="سؤال واحد من {brand}",
        picked="اخترت {score} في رسالتنا. لن يُرسَل شيء قبل أن تضغط الزر.",
        send="أرسل إجابتي",
        fine="تكفي نقرة واحدة، ويمكنك إضافة تعليق بعد ذلك.",
        subjects={
            "ticket": "بخصوص طلبك يوم {day}.",
            "interaction": "بخصوص تواصلك معنا يوم {day}.",
            "call": "بخصوص مكالمتك معنا يوم {day}.",
            "order": "بخصوص طلبيتك يوم {day}.",
            "delivery": "بخصوص طلبيتك التي وصلتك يوم {day}.",
        },
        about="حول هذا الاستطلاع",
        who="من يرى إجابتي؟",
        stop="لا ترسلوا استطلاعات أخرى",
        choose_score="يُرجى اختيار رقم من {low} إلى {high}.",
        stale="بقيت هذه الصفحة مفتوحة مدة طويلة. يُرجى ضغط الزر مرة أخرى.",
        thanks="شكرًا لك",
        recorded="وصلتنا إجابتك.",
        comment_label="تعليقك",
        comment_hint="يمكنك ترك هذا الحقل فارغًا.",
        comment_send="أرسل تعليقي",
        more_send="أرسل هذا أيضًا",
        comment_thanks="وصلنا تعليقك.",
        comment_too_long="يُرجى اختصار تعليقك إلى 5000 حرف.",
        comment_unreadable="يحتوي تعليقك على رموز لا يمكننا حفظها. يُرجى حذفها.",
        change="تغيير إجابتي",
        change_title="تغيير إجابتي",
        change_send="احفظ إجابتي",
        keep="أبقِها كما هي",
        changed="غيّرنا إجابتك.",
        already="لقد أجبت من قبل",
        already_text="شكرًا لك. إجابتك لدينا، وكل رابط يقبل إجابة واحدة.",
        closed="انتهى هذا الاستطلاع",
        closed_text="شكرًا لزيارتك. لم نعد نستقبل الإجابات.",
        missing="هذا الرابط لا يؤدي إلى أي صفحة",
        missing_text="ربما فُقد جزء منه. يُرجى فتحه من رسالتنا مرة أخرى.",
        too_many="يُرجى الانتظار قليلًا",
        too_many_text="وصلت محاولات كثيرة من شبكتك. يُرجى المحاولة بعد عشر دقائق.",
        too_long="النص طويل جدًا",
        too_long_text="يُرجى العودة واختصاره.",
        later="يُرجى المحاولة لاحقًا",
        later_text="تعذّر علينا حفظ إجابتك الآن. لم يُرسَل شيء.",
        who_text=(
            "تتلقى {brand} إجابتك لتعرف ما الذي يمكن تحسينه.",
            "من ساعدوك يرون أرقامًا مجمّعة من عدة إجابات فقط، ولا يعرفون صاحب أي منها.",
            "يمكن لمديريهم، ولمن يكلّفونه بالتواصل معك، قراءة إجابتك وتعليقك.",
            "ويمكنهم بعد أيام إطلاع من يخصّه التعليق على نصّه دون ذكر اسمك.",
        ),
        anonymous="هذا الاستطلاع مجهول الهوية: لا يستطيع أحد أن يعرف أيّ الإجابات "
        "إجابتك.",
        anonymous_hint="يمكنك ترك هذا الحقل فارغًا. يُرجى عدم ذكر أسماء: يُقرأ تعليقك "
        "كما تكتبه، ولا يمكن تغييره.",
        who_anonymous=(
            "تتلقى {brand} إجابتك دون اسمك، ولا يمكنها أن تعرف أنها إجابتك.",
            "لا يراها أحد على الفور: تُقرأ بعد أيام مع أربع إجابات أخرى على الأقل. "
            "ولا نحتفظ من وقت الإجابة إلا باليوم، ثم لا نحتفظ حتى به.",
            "إذا دعوناك، نسجّل أنك أجبت حتى لا نذكّرك. أما ما قلته فلا يُحفظ هناك، "
            "فلا يستطيع أحد تغييره أو الاطلاع عليه، ولا حتى أنت.",
        ),
        stop_title="لا ترسلوا استطلاعات أخرى",
        stop_text="هل تريد أن نتوقف عن إرسال استطلاعات {brand} إليك؟",
        stop_send="لا ترسلوا إليّ استطلاعات أخرى",
        stopped="لا مزيد من الاستطلاعات",
        stopped_text="لن ترسل إليك {brand} أي استطلاعات أخرى.",
        back="العودة إلى السؤال",
        test="تجربة",
        test_note="هذه تجربة: لن يُحفظ شيء.",
        continue_to="المتابعة إلى {host}",
        extra_hint="يمكنك اختيار أكثر من إجابة.",
        extra_unoffered="يُرجى اختيار أحد الخيارات.",
        extra_too_long="يُرجى اختصار هذا النص إلى 300 حرف.",
        kiosk_fine="تكفي نقرة واحدة. لا نسألك من أنت.",
        kiosk_again="يعود السؤال بعد 20 ثانية.",
        poster_how="امسح الرمز بكاميرا هاتفك، أو افتح هذا العنوان:",
        mail_scale="اختر رقمًا:",
        mail_answer="يفتح اختيارك صفحة، ولن يُرسَل شيء قبل أن تضغط الزر هناك.",
        mail_stop="لا ترسلوا إليّ استطلاعات أخرى",
        mail_until="يمكنك الإجابة حتى {day}.",
        mail_reminder="سألناك قبل أيام قليلة، ولن نذكّرك إلا هذه المرة.",
    ),
}

PROMPTS = {
    "en": (
        "What went wrong, and what should we do about it?",
        "What would have made it better?",
        "What did we do well?",
    ),
    "de": (
        "Was ist schiefgegangen, und was sollen wir tun?",
        "Was hätte es besser gemacht?",
        "Was haben wir gut gemacht?",
    ),
    "ar": (
        "ما الذي لم يسر على ما يرام، وماذا ينبغي أن نفعل؟",
        "ما الذي كان سيجعل الأمر أفضل؟",
        "ما الذي أحسنّا فعله؟",
    ),
}

QUESTIONS = {  # question, lowest, highest
    (Kind.CSAT, "en"): (
        "How satisfied are you with {brand}?",
        "very dissatisfied",
        "very satisfied",
    ),
    (Kind.NPS, "en"): (
        "How likely are you to recommend {brand} to a friend or colleague?",
        "not at all likely",
        "extremely likely",
    ),
    (Kind.CES, "en"): (
        "How much do you agree: {brand} made it easy to get help?",
        "strongly disagree",
        "strongly agree",
    ),
    (Kind.CSAT, "de"): (
        "Wie zufrieden sind Sie mit {brand}?",
        "sehr unzufrieden",
        "sehr zufrieden",
    ),
    (Kind.NPS, "de"): (
        "Wie wahrscheinlich ist es, dass Sie {brand} weiterempfehlen?",
        "sehr unwahrscheinlich",
        "sehr wahrscheinlich",
    ),
    (Kind.CES, "de"): (
        "Wie sehr stimmen Sie zu: {brand} hat es mir leicht gemacht, Hilfe zu "
        "bekommen?",
        "stimme gar nicht zu",
        "stimme voll zu",
    ),
    (Kind.CSAT, "ar"): (
        "ما مدى رضاك عن {brand}؟",
        "غير راضٍ إطلاقًا",
        "راضٍ جدًا",
    ),
    (Kind.NPS, "ar"): (
        "ما مدى احتمال أن توصي صديقًا أو زميلًا بشركة {brand}؟",
        "غير محتمل إطلاقًا",
        "محتمل جدًا",
    ),
    (Kind.CES, "ar"): (
        "ما مدى موافقتك: سهّلت {brand} عليّ الحصول على المساعدة؟",
        "لا أوافق إطلاقًا",
        "أوافق تمامًا",
    ),
}

STEPS = {  # what five faces mean, from the worst to the best
    (Kind.CSAT, "en"): (
        "Very dissatisfied",
        "Dissatisfied",
        "Neither",
        "Satisfied",
        "Very satisfied",
    ),
    (Kind.CSAT, "de"): (
        "Sehr unzufrieden",
        "Unzufrieden",
        "Teils, teils",
        "Zufrieden",
        "Sehr zufrieden",
    ),
    (Kind.CSAT, "ar"): (
        "غير راضٍ إطلاقًا",
        "غير راضٍ",
        "محايد",
        "راضٍ",
        "راضٍ جدًا",
    ),
    (Kind.CES, "en"): (
        "A great deal of effort",
        "Much effort",
        "Some effort",
        "Little effort",
        "Very little effort",
    ),
    (Kind.CES, "de"): (
        "Sehr viel Mühe",
        "Viel Mühe",
        "Etwas Mühe",
        "Wenig Mühe",
        "Sehr wenig Mühe",
    ),
    (Kind.CES, "ar"): (
        "جهد كبير جدًا",
        "جهد كبير",
        "بعض الجهد",
        "جهد قليل",
        "جهد قليل جدًا",
    ),
}

MAILS = {
    "en": ("One question from {brand}", "May we ask you one question?"),
    "de": ("Eine Frage von {brand}", "Dürfen wir Sie etwas fragen?"),
    "ar": ("سؤال واحد من {brand}", "هل تسمح لنا بسؤال واحد؟"),
}


def first_wording(kind: Kind, language: str) -> Wording:
    """Return the words with which a new draft starts."""
    question, low, high = QUESTIONS[kind, language]
    prompt_low, prompt_middle, prompt_high = PROMPTS[language]
    subject, intro = MAILS[language]
    return Wording(
        question=question,
        low=low,
        high=high,
        prompt_low=prompt_low,
        prompt_middle=prompt_middle,
        prompt_high=prompt_high,
        mail_subject=subject,
        mail_intro=intro,
    )


def first_steps(scale: Scale, language: str) -> str:
    """Return the words under the faces with which a draft starts, one a line.

    Empty: "" for a scale that five faces do not fit.
    """
    words = STEPS.get((scale.kind, language), ())
    if len(words) != scale.high - scale.low + 1:
        return ""
    return "\n".join(reversed(words) if scale.reversed else words)


def direction(language: str) -> str:
    """Return how a language is written: ltr or rtl."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def spoken_day(day: date, language: str) -> str:
    """Return a day as people say it: 12 February."""
    locale = "en_GB" if language == "en" else language  # 12 February, not February 12
    return format_skeleton("MMMMd", day, locale=locale)
