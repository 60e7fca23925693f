"""The addresses of scorecards, within the namespace of objectives."""

from django.urls import path

from objectives.views import personal, scorecards

urlpatterns = [
    path("scorecards/", scorecards.scorecards, name="scorecards"),
    path("scorecards/company/", scorecards.company_scorecard, name="company_scorecard"),
    path("scorecards/me/", personal.my_scorecard, name="my_scorecard"),
    path(
        "scorecards/people/<int:pk>/", personal.agent_scorecard, name="agent_scorecard"
    ),
    path("scorecards/teams/<slug:slug>/", scorecards.team_page, name="team_scorecard"),
    path(
        "scorecards/teams/<slug:slug>/rows/",
        scorecards.scorecard_rows,
        name="scorecard_rows",
    ),
    path(
        "scorecards/teams/<slug:slug>/trend/<int:pk>/",
        scorecards.scorecard_trend,
        name="scorecard_trend",
    ),
    path(
        "scorecards/teams/<slug:slug>/scorecard.csv",
        scorecards.scorecard_csv,
        name="scorecard_csv",
    ),
]
