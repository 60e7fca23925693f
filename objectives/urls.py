from django.urls import URLPattern, URLResolver, path

from objectives import scorecard_urls
from objectives.views import alerts, detail, editing, key_results, listing

app_name = "objectives"

urlpatterns: list[URLPattern | URLResolver] = [
    *scorecard_urls.urlpatterns,
    path("objectives/", listing.objective_list, name="list"),
    path("objectives/objectives.csv", listing.objective_csv, name="list_csv"),
    path("objectives/new/", editing.objective_new, name="new"),
    path("objectives/<int:pk>/", detail.detail, name="detail"),
    path("objectives/<int:pk>/edit/", editing.objective_edit, name="edit"),
    path("objectives/<int:pk>/check-in/", detail.check_in, name="check_in"),
    path("objectives/<int:pk>/close/", detail.close, name="close"),
    path(
        "objectives/<int:pk>/key-results/new/",
        key_results.key_result_new,
        name="key_result_new",
    ),
    path(
        "objectives/<int:pk>/key-results/hint/",
        key_results.target_hint,
        name="target_hint",
    ),
    path(
        "objectives/<int:pk>/milestones/new/",
        key_results.milestones_new,
        name="milestones_new",
    ),
    path(
        "objectives/key-results/<int:pk>/target/",
        key_results.target_change,
        name="target_change",
    ),
    path(
        "objectives/key-results/<int:pk>/alert/",
        alerts.status_alert_new,
        name="status_alert_new",
    ),
    path(
        "objectives/alerts/<int:pk>/",
        alerts.status_alert_edit,
        name="status_alert_edit",
    ),
    path(
        "objectives/key-results/<int:pk>/cancel/",
        detail.key_result_cancel,
        name="key_result_cancel",
    ),
    path(
        "objectives/milestones/<int:pk>/tick/",
        detail.milestone_tick,
        name="milestone_tick",
    ),
    path("objectives/cycles/<int:pk>/close/", detail.cycle_close, name="cycle_close"),
]
