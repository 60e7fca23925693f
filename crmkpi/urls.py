from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from crmkpi import appearance, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("appearance", appearance.change_theme, name="appearance"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        login_required(SpectacularSwaggerSplitView.as_view()),
        name="api_docs",
    ),
    path("api/v1/", include("metrics.api.urls")),
    path("api/v1/", include("objectives.api.urls")),
    path("api/v1/", include("surveys.api.urls")),
    path("accounts/", include("crmkpi.accounts.sign_in_urls")),
    path("", include("crmkpi.accounts.urls")),
    path("", include("crmkpi.crm.urls")),
    path("", include("surveys.urls")),
    path("", include("metrics.urls")),
    path("", include("objectives.urls")),
]
