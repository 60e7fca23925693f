from django.urls import path

from surveys.api import flags, inviting, views

app_name = "surveys_api"

urlpatterns = [
    path("surveys/", views.SurveyList.as_view(), name="list"),
    path("surveys/responses", views.SentResponses.as_view(), name="responses"),
    path("surveys/<slug:slug>/results", views.SurveyResults.as_view(), name="results"),
    path("surveys/<slug:slug>/invitations", inviting.Invite.as_view(), name="invite"),
    path(
        "surveys/<slug:slug>/flagged", flags.FlaggedResponses.as_view(), name="flagged"
    ),
    path(
        "surveys/<slug:slug>/flagged/<int:pk>/look",
        flags.FlagLooks.as_view(),
        name="flag_look",
    ),
]
