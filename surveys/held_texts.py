"""The words of the page that says what we hold, in the customer's language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class HeldPage:
    link: str  # also the title
    intro: str  # {brand}
    address: str  # {value}, most of it hidden
    contact: str
    subject: str
    asked: str  # {value}
    unanswered: str
    answered: str  # {value}
    used: str  # of an anonymous survey: that it was answered, nothing else
    score: str  # {value}
    comment: str
    more: str
    agreed: str  # what was agreed to
    nothing: str  # of a shared link: no name, no address
    kept: str  # why not more is shown here
    anonymous: str  # why not more is known
    erase_title: str
    erase_text: str  # {brand}
    erase_anonymous: str  # {brand}; of an anonymous survey
    erase_send: str
    erase_taken: str  # {brand}


HELD: Mapping[str, HeldPage] = {
    "en": HeldPage(
        link="What we hold about you",
        intro="This is what {brand} holds in connection with this survey.",
        address="Your e-mail address: {value}",
        contact="That you are a contact of ours, with name and language",
        subject="What we asked you about",
        asked="When we asked you: {value}",
        unanswered="That you have not answered",
        answered="When you answered: {value}",
        used="That you have answered; not what, and not when",
        score="The number you chose: {value}",
        comment="Your comment",
        more="What you chose in further questions",
        agreed="What you agreed to",
        nothing="Your answer, without a name, an e-mail address or a network address",
        kept="Answers are not shown here: somebody else might have this link.",
        anonymous="The survey is anonymous: nothing leads from you to your answer, so "
        "it can be neither found nor erased on its own.",
        erase_title="Be forgotten",
        erase_text="{brand} then erases your name, your address and what you wrote. "
        "The number you chose stays, without you. A person looks at every wish.",
        erase_anonymous="{brand} then erases your name and your address. An anonymous "
        "answer stays, for nobody can find it. A person looks at every wish.",
        erase_send="Ask to be forgotten",
        erase_taken="We have taken down your wish. {brand} will look at it.",
    ),
    "de": HeldPage(
        link="Was wir über Sie gespeichert haben",
        intro="Das hat {brand} im Zusammenhang mit dieser Umfrage gespeichert.",
        address="Ihre E-Mail-Adresse: {value}",
        contact="Dass Sie ein Kontakt von uns sind, mit Name und Sprache",
        subject="Wonach wir Sie gefragt haben",
        asked="Wann wir Sie gefragt haben: {value}",
        unanswered="Dass Sie nicht geantwortet haben",
        answered="Wann Sie geantwortet haben: {value}",
        used="Dass Sie geantwortet haben; nicht was, und nicht wann",
        score="Die Zahl, die Sie gewählt haben: {value}",
        comment="Ihr Kommentar",
        more="Was Sie bei weiteren Fragen gewählt haben",
        agreed="Was Sie angekreuzt haben",
        nothing="Ihre Antwort, ohne Namen, E-Mail-Adresse oder Netzadresse",
        kept="Antworten zeigen wir hier nicht: Jemand anders könnte diesen Link haben.",
        anonymous="Die Umfrage ist anonym: Nichts führt von Ihnen zu Ihrer Antwort, "
        "deshalb lässt sie sich einzeln weder finden noch löschen.",
        erase_title="Vergessen werden",
        erase_text="{brand} löscht dann Ihren Namen, Ihre Adresse und was Sie "
        "geschrieben haben. Die gewählte Zahl bleibt, ohne Sie. Ein Mensch sieht sich "
        "jeden Wunsch an.",
        erase_anonymous="{brand} löscht dann Ihren Namen und Ihre Adresse. Eine "
        "anonyme Antwort bleibt, denn niemand kann sie finden. Ein Mensch sieht sich "
        "jeden Wunsch an.",
        erase_send="Um Löschung bitten",
        erase_taken="Wir haben Ihren Wunsch notiert. {brand} sieht ihn sich an.",
    ),
    "ar": HeldPage(
        link="ما نحتفظ به عنك",
        intro="هذا ما تحتفظ به {brand} في ما يخص هذا الاستطلاع.",
        address="عنوان بريدك الإلكتروني: {value}",
        contact="أنك جهة اتصال لدينا، مع الاسم واللغة",
        subject="ما سألناك عنه",
        asked="متى سألناك: {value}",
        unanswered="أنك لم تُجب",
        answered="متى أجبت: {value}",
        used="أنك أجبت؛ لا ماذا أجبت، ولا متى",
        score="الرقم الذي اخترته: {value}",
        comment="تعليقك",
        more="ما اخترته في الأسئلة الإضافية",
        agreed="ما وافقت عليه",
        nothing="إجابتك، دون اسم أو عنوان بريد إلكتروني أو عنوان شبكة",
        kept="لا نعرض الإجابات هنا: فقد يكون هذا الرابط لدى شخص آخر.",
        anonymous="الاستطلاع مجهول الهوية: لا شيء يقود منك إلى إجابتك، ولذلك لا يمكن "
        "العثور عليها أو حذفها وحدها.",
        erase_title="حذف بياناتي",
        erase_text="ستحذف {brand} عندئذ اسمك وعنوانك وما كتبته. ويبقى الرقم الذي "
        "اخترته دون أي صلة بك. وينظر شخص في كل طلب.",
        erase_anonymous="ستحذف {brand} عندئذ اسمك وعنوانك. وتبقى الإجابة المجهولة لأن "
        "أحدًا لا يستطيع العثور عليها. وينظر شخص في كل طلب.",
        erase_send="أطلب حذف بياناتي",
        erase_taken="سجّلنا طلبك. ستنظر فيه {brand}.",
    ),
}
