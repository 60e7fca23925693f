from django.urls import path

from metrics.views import (
    alerts,
    follow_up_alert,
    library,
    manual,
    metric,
    notes,
    notifications,
    own,
    rows,
    why,
)

app_name = "metrics"

urlpatterns = [
    path("metrics/", library.library, name="library"),
    path("metrics/metrics.csv", library.library_csv, name="library_csv"),
    path("metrics/own/", own.own_list, name="own_list"),
    path("metrics/own/new/", own.own_new, name="own_new"),
    path("metrics/own/preview/", own.own_preview, name="own_preview"),
    path("metrics/<slug:key>/edit/", own.own_edit, name="own_edit"),
    path("metrics/<slug:key>/versions/", own.own_versions, name="own_versions"),
    path("metrics/<slug:key>/retire/", own.own_retire, name="own_retire"),
    path("metrics/<slug:key>/", metric.detail, name="detail"),
    path("metrics/<slug:key>/read/", metric.read, name="read"),
    path("metrics/<slug:key>/owner/", metric.owner, name="owner"),
    path("metrics/<slug:key>/values.csv", metric.detail_csv, name="detail_csv"),
    path("metrics/<slug:key>/passport/", rows.passport, name="passport"),
    path("metrics/<slug:key>/why/", why.why, name="why"),
    path("metrics/<slug:key>/rows/", rows.rows, name="rows"),
    path("metrics/<slug:key>/rows.csv", rows.rows_csv, name="rows_csv"),
    path("metrics/<slug:key>/notes/", notes.note_new, name="note_new"),
    path(
        "metrics/<slug:key>/notes/<int:pk>/delete/",
        notes.note_delete,
        name="note_delete",
    ),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/new/", alerts.alert_new, name="alert_new"),
    path("alerts/trial/", alerts.alert_trial, name="alert_trial"),
    path("alerts/<int:pk>/", alerts.alert_edit, name="alert_edit"),
    path(
        "alerts/<int:pk>/follow-ups/",
        follow_up_alert.follow_up_alert,
        name="follow_up_alert",
    ),
    path("alerts/<int:pk>/delete/", alerts.alert_delete, name="alert_delete"),
    path("alerts/<int:pk>/pause/", alerts.alert_pause, name="alert_pause"),
    path("notifications/", notifications.notifications, name="notifications"),
    path(
        "notifications/read/",
        notifications.notifications_read,
        name="notifications_read",
    ),
    path(
        "notifications/reach/",
        notifications.notifications_reach,
        name="notifications_reach",
    ),
    path(
        "notifications/<int:pk>/read/",
        notifications.notification_read,
        name="notification_read",
    ),
    path("manual/metrics/", library.manual, name="manual"),
    path("manual/engines/", manual.engines, name="engines"),
]
