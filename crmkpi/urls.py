from django.urls import include, path

from crmkpi import appearance, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("appearance", appearance.change_theme, name="appearance"),
    path("accounts/", include("crmkpi.accounts.sign_in_urls")),
    path("", include("crmkpi.accounts.urls")),
    path("", include("crmkpi.crm.urls")),
    path("", include("surveys.urls")),
    path("", include("metrics.urls")),
    path("", include("objectives.urls")),
]
