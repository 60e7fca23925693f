from django.urls import include, path

from crmkpi import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("crmkpi.accounts.urls")),
    path("", include("crmkpi.crm.urls")),
    path("", include("surveys.urls")),
    path("", include("metrics.urls")),
    path("", include("objectives.urls")),
]
