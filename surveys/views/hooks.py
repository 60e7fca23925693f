"""What other systems tell without a key of the API, each message signed."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from surveys.sending.bounces import BadBounces, read_bounces, take_bounces
from surveys.sending.signatures import HEADER, is_signed
from surveys.views.throttle import WINDOW_SECONDS, too_many

BODY_LIMIT = 1024 * 1024
BAD_SIGNATURES = 60  # from one network address in ten minutes


@csrf_exempt
@login_not_required
@require_POST
def bounces(request: HttpRequest) -> JsonResponse:
    """Take a list of mails that came back."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > BODY_LIMIT:
        return _say(_("Send one megabyte at most."), status=413)
    now = timezone.now()
    if not is_signed(
        request.headers.get(HEADER, ""),
        request.body,
        secret=settings.BOUNCE_HOOK_SECRET,
        now=now,
    ):
        if too_many(request, "signature", limit=BAD_SIGNATURES):
            response = _say(_("Too many attempts; wait ten minutes."), status=429)
            response["Retry-After"] = str(WINDOW_SECONDS)
            return response
        return _say(_("This is not signed, or the signature is old."), status=401)
    try:
        new = take_bounces(read_bounces(request.body), now=now)
    except BadBounces as error:
        return _say(str(error), status=422)
    return JsonResponse({"new": new})


def _say(text: str, *, status: int) -> JsonResponse:
    return JsonResponse({"detail": text}, status=status)
