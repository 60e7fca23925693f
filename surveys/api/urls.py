from django.urls import path

from surveys.api import inviting, views

app_name = "surveys_api"

urlpatterns = [
    path("surveys/", views.SurveyList.as_view(), name="list"),
    path("surveys/responses", views.SentResponses.as_view(), name="responses"),
    path("surveys/<slug:slug>/results", views.SurveyResults.as_view(), name="results"),
    path("surveys/<slug:slug>/invitations", inviting.Invite.as_view(), name="invite"),
]
