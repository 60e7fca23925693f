"""Where an invited person chooses a name and a password."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crmkpi.accounts import services
from crmkpi.accounts.forms import AcceptForm
from crmkpi.accounts.queries import get_organisation


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form; only sending it accepts, so mail scanners change nothing."""
    now = timezone.now()
    try:
        invitation = services.open_invitation(token=token, now=now)
        form = AcceptForm(
            request.POST if request.method == "POST" else None,
            user=invitation.user,
            initial={"name": invitation.user.name},
        )
        if request.method == "POST" and form.is_valid():
            user = services.accept_invitation(token=token, now=now, **form.cleaned_data)
            answer: HttpResponse = perform_login(request, user, redirect_url="/")
            return answer
    except services.InvitationSpent as error:
        spent = {"message": str(error)}
        return render(request, "accounts/invitation_spent.html", spent, status=404)
    context = {
        "form": form,
        "invitation": invitation,
        "organisation": get_organisation(),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/accept_invitation.html", context, status=status)
