"""How the reader wants the pages to look."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crmkpi.accounts.models import User

THEMES = ("light", "dark", "")  # "" follows the device


@require_POST
def change_theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice and go back to the page it was made on."""
    theme = request.POST.get("theme")
    if theme not in THEMES:
        return HttpResponseBadRequest(_("Choose light, dark or as the device."))
    user = cast(User, request.user)
    user.theme = theme
    user.save(update_fields=["theme"])
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    if not is_ours or not back.startswith("/"):
        back = "/"
    return redirect(back)
