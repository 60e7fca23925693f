"""The page of a person and what administrators do there."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
)

from crmkpi.accounts import services
from crmkpi.accounts.forms import (
    EndForm,
    InviteForm,
    MembershipForm,
    MoveForm,
    PersonForm,
)
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ALWAYS, Membership, User
from crmkpi.accounts.queries.people import person_page
from crmkpi.accounts.views.administrators import administrators_only
from crmkpi.accounts.views.people import send_invitation
from crmkpi.lib.periods import from_day


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show a person; sending the form changes name and rights."""
    user = _person(request, pk)
    if request.method != "POST":
        return _page(request, user)
    form = PersonForm(request.POST)
    return _act(
        request,
        user,
        "form",
        form,
        lambda given: services.update_user(
            user=user, actor=request.user, now=timezone.now(), **given
        ),
        done=_("Saved."),
    )


@require_POST
@administrators_only
def membership_add(request: ReaderRequest, pk: int) -> HttpResponse:
    """Give a person a role in a team."""
    user, form = _person(request, pk), MembershipForm(request.POST)

    def add(given: dict[str, Any]) -> None:
        services.set_membership(
            user=user,
            team=given["team"],
            role=given["role"],
            since_day=ALWAYS if given["since"] is None else given["since"],
            until_day=form.until_day,
            actor=request.user,
            now=timezone.now(),
        )

    return _act(request, user, "add_form", form, add, done=_("Role added."))


@require_POST
@administrators_only
def person_move(request: ReaderRequest, pk: int) -> HttpResponse:
    """Let an agent work in another team from a day on."""
    user, form = _person(request, pk), MoveForm(request.POST)

    def move(given: dict[str, Any]) -> None:
        services.move_agent(
            user=user,
            team=given["team"],
            from_day=given["from_day"],
            actor=request.user,
            now=timezone.now(),
        )

    return _act(request, user, "move_form", form, move, done=_("Moved."))


@require_POST
@administrators_only
def person_invite(request: ReaderRequest, pk: int) -> HttpResponse:
    """Invite somebody already known, or invite again."""
    user, form = _person(request, pk), InviteForm(request.POST)

    def invite(given: dict[str, Any]) -> None:
        invitation, token = services.invite_user(
            user=user, email=given["email"], actor=request.user, now=timezone.now()
        )
        send_invitation(request, invitation, token)

    return _act(request, user, "invite_form", form, invite)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def membership_end(request: ReaderRequest, pk: int, membership: int) -> HttpResponse:
    """Ask for the last day of a membership and end it."""
    user = _person(request, pk)
    held = get_object_or_404(
        Membership.objects.select_related("team"), pk=membership, user=user
    )
    form = EndForm(
        request.POST if request.method == "POST" else None,
        initial={"last": from_day(request.access.day)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.end_membership(
                membership=held,
                until_day=form.cleaned_data["last"] + 1,
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The role has an end."))
            return redirect("accounts:person", pk=pk)
        except services.Refused as error:
            form.add_error("last", str(error))
    context = {
        "nav_active": "people",
        "form": form,
        "heading": _("End a role"),
        "text": _(
            "%(person)s is %(role)s in %(team)s. Figures up to the last day stay."
        )
        % {
            "person": user,
            "role": Membership.Role(held.role).label,
            "team": held.team,
        },
        "button": _("End the role"),
        "back": reverse("accounts:person", kwargs={"pk": pk}),
        "crumbs": _crumbs(user),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person_deactivate(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask first, then let a person sign in no more."""
    user = _person(request, pk)
    back = reverse("accounts:person", kwargs={"pk": pk})
    if request.method == "POST":
        try:
            services.deactivate_user(user=user, actor=request.user, now=timezone.now())
            messages.success(request, _("%(name)s signs in no more.") % {"name": user})
        except services.Refused as error:
            messages.error(request, str(error))
        return redirect(back)
    context = {
        "nav_active": "people",
        "heading": _("Deactivate %(name)s?") % {"name": user},
        "text": _(
            "Open sessions and invitations end at once, and so do the keys this "
            "person made. Figures and roles stay. A new invitation opens the door "
            "again."
        ),
        "button": _("Deactivate"),
        "back": back,
        "crumbs": _crumbs(user),
    }
    return render(request, "accounts/confirm.html", context)


def _person(request: ReaderRequest, pk: int) -> User:
    user: User = get_object_or_404(User.objects.visible_to(request.access), pk=pk)
    return user


def _crumbs(user: User) -> list[tuple[str, str]]:
    return [
        (_("People"), reverse("accounts:people")),
        (str(user), reverse("accounts:person", kwargs={"pk": user.pk})),
    ]


def _act(
    request: ReaderRequest,
    user: User,
    name: str,
    form: forms.Form,
    write: Callable[[dict[str, Any]], object],
    *,
    done: str = "",
) -> HttpResponse:
    """Write what a valid form says; else show the page with the fault beside it."""
    if form.is_valid():
        try:
            write(form.cleaned_data)
            if done:
                messages.success(request, done)
            return redirect("accounts:person", pk=user.pk)
        except services.Refused as error:
            form.add_error(None, str(error))
    user.refresh_from_db()
    return _page(request, user, status=422, **{name: form})


def _page(
    request: ReaderRequest, user: User, *, status: int = 200, **given: forms.Form
) -> HttpResponse:
    page = person_page(user, now=timezone.now(), day=request.access.day)
    initial = {"name": user.name, "is_administrator": user.is_administrator}
    context = {
        "nav_active": "people",
        "crumbs": _crumbs(user)[:1],
        "page": page,
        "is_oneself": user.pk == request.user.pk,
        "form": PersonForm(initial=initial),
        "add_form": MembershipForm(auto_id="add_%s"),
        "move_form": MoveForm(auto_id="move_%s"),
        "invite_form": InviteForm(auto_id="invite_%s", initial={"email": user.email}),
    } | given
    return render(request, "accounts/person.html", context, status=status)
