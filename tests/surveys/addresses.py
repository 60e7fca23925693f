"""Every address that a customer reaches, alive, and everything that is stored."""

from django.apps import apps
from django.core import mail
from django.urls import reverse

from surveys.links import shared_address
from surveys.models import Survey
from surveys.services.logos import store_logo
from surveys.services.result_links import make_result_link
from surveys.services.surveys import offer_kiosk, share
from surveys.services.test_mails import try_token
from surveys.urls import urlpatterns
from tests.surveys.cast import ask, contact, customer, reply
from tests.surveys.drafting import PNG
from tests.world import NOW, World

NOT_READ = {"bounces"}  # what other systems post to


def addresses(world: World, survey: Survey) -> dict[str, str]:
    """Return the addresses by the name of their URL; the last mail is Ida's."""
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    offer_kiosk(survey, is_offered=True, actor=world.ana, now=NOW)
    house = customer("Initech", agent=world.alice)
    _, other = ask(survey, contact("Jon", customer=house), subject="ticket:2")
    _, token = ask(survey, contact("Ida", customer=house))
    stop = mail.outbox[-1].extra_headers["List-Unsubscribe"].split("/u/")[1]
    key = reply(other, 2).edit_key
    _, results = make_result_link(
        survey,
        name="For the board",
        span="90",
        days=30,
        with_comments=True,
        access=world.access(world.ana),
        actor=world.ana,
        now=NOW,
    )
    words = {
        "answer": token,
        "answer_who": token,
        "held": token,
        "shared": shared_address(survey),
        "shared_who": shared_address(survey),
        "shared_results": results,
        "embedded": shared_address(survey),
        "embedded_who": shared_address(survey),
        "kiosk": shared_address(survey),
        "kiosk_who": shared_address(survey),
        "kiosk_thanks": shared_address(survey),
        "thanks": key,
        "change": key,
        "held_answer": key,
        "try_out": try_token(survey, language="en"),
        "colours": "1f5f8b-8cc4ea",
        "logo": store_logo(PNG, actor=None, now=NOW).digest,
        "unsubscribe": stop.strip("/>"),
    }
    found = {
        name: reverse(f"surveys:{name}", args=[word]) for name, word in words.items()
    }
    inside = reverse("surveys:embedded_thanks", args=[shared_address(survey), key])
    return {**found, "embedded_thanks": inside}


def public_names() -> set[str]:
    """Return the names of all URLs that need nobody to sign in."""
    return {
        str(pattern.name)
        for pattern in urlpatterns
        if not getattr(pattern.callback, "login_required", True)
    }


def rows() -> dict[str, list[str]]:
    """Return all rows of all tables, so that no update goes unseen."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model._meta.app_label not in ("sessions", "contenttypes")
    }
