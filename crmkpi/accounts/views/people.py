"""The list of people, as a page and as a file, and new people."""

import logging

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts import services
from crmkpi.accounts.forms import NewPersonForm, PeopleFilter
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.invitations import invitation_link, mail_invitation
from crmkpi.accounts.models import User, UserInvitation
from crmkpi.accounts.queries.people import PersonLine, all_people, people, people_page
from crmkpi.accounts.views.administrators import administrators_only
from crmkpi.lib.tables import write_csv

log = logging.getLogger(__name__)

CSV_HEADINGS = ["Name", "E-mail", "State", "Administrator", "Roles", "Joined"]


@require_safe
@administrators_only
def people_list(request: ReaderRequest) -> HttpResponse:
    """Show who is who, 50 on a page."""
    form = PeopleFilter(request.GET)
    wanted = form.wanted()
    found = people(access=request.access, now=timezone.now(), **wanted)
    page, lines = people_page(
        found, number=request.GET.get("page"), day=request.access.day
    )
    context = {
        "nav_active": "people",
        "form": form,
        "page_obj": page,
        "people": lines,
        "sort": wanted["sort"],
        "is_filtered": any(form.cleaned_data.get(key) for key in form.fields),
    }
    return render(request, "accounts/people.html", context)


@require_safe
@administrators_only
def people_csv(request: ReaderRequest) -> HttpResponseBase:
    """Send the same list, unpaged, as a file."""
    wanted = PeopleFilter(request.GET).wanted()
    found = people(access=request.access, now=timezone.now(), **wanted)
    lines = all_people(found, day=request.access.day)
    return StreamingHttpResponse(
        write_csv(CSV_HEADINGS, (_csv_row(line) for line in lines)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="people.csv"'},
    )


def _csv_row(line: PersonLine) -> list[str]:
    roles = [f"{held.role_label}, {held.team.name}" for held in line.memberships]
    return [
        line.name,
        line.email,
        str(line.state_label),
        _("yes") if line.is_administrator else _("no"),
        "; ".join(roles),
        line.joined_at.date().isoformat() if line.joined_at else "",
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person_new(request: ReaderRequest) -> HttpResponse:
    """Invite somebody new, with a first role in a team."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = _invite_new(request, form)
            return redirect("accounts:person", pk=user.pk)
        except services.Refused as error:
            form.add_error("email", str(error))
    context = {
        "nav_active": "people",
        "form": form,
        "crumbs": [(_("People"), reverse("accounts:people"))],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/person_new.html", context, status=status)


def _invite_new(request: ReaderRequest, form: NewPersonForm) -> User:
    now, given = timezone.now(), form.cleaned_data
    with transaction.atomic():
        invitation, token = services.invite_user(
            email=given["email"],
            name=given["name"],
            is_administrator=given["is_administrator"],
            actor=request.user,
            now=now,
        )
        if given["team"] is not None:
            services.set_membership(
                user=invitation.user,
                team=given["team"],
                role=given["role"],
                actor=request.user,
                now=now,
            )
    send_invitation(request, invitation, token)
    return invitation.user


def send_invitation(
    request: ReaderRequest, invitation: UserInvitation, token: str
) -> None:
    """Mail an invitation; where mail fails, show the link to be handed over."""
    try:
        mail_invitation(invitation, token=token, organisation=request.organisation)
    except OSError:  # what smtplib raises is one, too
        log.exception("An invitation could not be mailed.")
        text = _("The mail could not be sent. Hand over this link yourself: %(link)s")
        messages.warning(request, text % {"link": invitation_link(token)})
    else:
        text = _("An invitation is on its way to %(email)s.")
        messages.success(request, text % {"email": invitation.user.email})
