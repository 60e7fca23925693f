from django.urls import path

from metrics.api import views

app_name = "metrics_api"

urlpatterns = [
    path("metrics/", views.MetricList.as_view(), name="list"),
    path("metrics/<str:key>/value", views.MetricValue.as_view(), name="value"),
    path("metrics/<str:key>/series", views.MetricSeries.as_view(), name="series"),
    path("metrics/<str:key>/passport", views.MetricPassport.as_view(), name="passport"),
    path("metrics/<str:key>/changes", views.MetricChanges.as_view(), name="changes"),
    path("metrics/<str:key>/rows", views.MetricRows.as_view(), name="rows"),
]
