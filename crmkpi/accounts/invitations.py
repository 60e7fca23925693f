"""The mail that invites somebody to sign in."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from crmkpi.accounts.models import Organisation, UserInvitation


def invitation_link(token: str) -> str:
    """Return the address that an invited person opens.

    It rests on BASE_URL alone: what a request claims to be its host is not trusted.
    """
    path = reverse("accounts:accept_invitation", kwargs={"token": token})
    return f"{settings.BASE_URL}{path}"


def mail_invitation(
    invitation: UserInvitation, *, token: str, organisation: Organisation
) -> None:
    """Send an invitation. Raises: OSError when the mail server does not take it."""
    context = {
        "name": invitation.user.name,
        "inviter": invitation.invited_by,
        "organisation": organisation.name,
        "link": invitation_link(token),
        "expires_at": invitation.expires_at,
    }
    send_mail(
        _("Your access to the scorecards of %(name)s") % {"name": organisation.name},
        render_to_string("emails/invitation.txt", context),
        None,
        [str(invitation.user.email)],
    )
