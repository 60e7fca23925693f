from django.urls import path

from metrics.views import library, metric, rows

app_name = "metrics"

urlpatterns = [
    path("metrics/", library.library, name="library"),
    path("metrics/metrics.csv", library.library_csv, name="library_csv"),
    path("metrics/<slug:key>/", metric.detail, name="detail"),
    path("metrics/<slug:key>/values.csv", metric.detail_csv, name="detail_csv"),
    path("metrics/<slug:key>/passport/", rows.passport, name="passport"),
    path("metrics/<slug:key>/rows/", rows.rows, name="rows"),
    path("metrics/<slug:key>/rows.csv", rows.rows_csv, name="rows_csv"),
    path("manual/metrics/", library.manual, name="manual"),
]
