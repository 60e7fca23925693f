from django.urls import path

from crmkpi.accounts.views import (
    audit,
    invitations,
    keys,
    landing,
    organisation,
    people,
    person,
    recalculation,
    teams,
)

app_name = "accounts"

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("join/<str:token>/", invitations.accept_invitation, name="accept_invitation"),
    path("people/", people.people_list, name="people"),
    path("people/people.csv", people.people_csv, name="people_csv"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/<int:pk>/", person.person, name="person"),
    path("people/<int:pk>/roles/", person.membership_add, name="membership_add"),
    path(
        "people/<int:pk>/roles/<int:membership>/end/",
        person.membership_end,
        name="membership_end",
    ),
    path("people/<int:pk>/move/", person.person_move, name="person_move"),
    path("people/<int:pk>/invite/", person.person_invite, name="person_invite"),
    path(
        "people/<int:pk>/deactivate/",
        person.person_deactivate,
        name="person_deactivate",
    ),
    path("people/teams/", teams.teams, name="teams"),
    path("people/teams/<slug:slug>/", teams.team, name="team"),
    path("people/teams/<slug:slug>/place/", teams.team_place, name="team_place"),
    path("settings/", organisation.settings, name="settings"),
    path("settings/keys/", keys.api_keys, name="api_keys"),
    path("settings/keys/new/", keys.api_key_new, name="api_key_new"),
    path("settings/keys/<int:pk>/revoke/", keys.api_key_revoke, name="api_key_revoke"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/figures/", recalculation.recalculation, name="recalculation"),
    path(
        "settings/figures/progress/",
        recalculation.recalculation_progress,
        name="recalculation_progress",
    ),
    path("settings/figures/rebuild/", recalculation.rebuild, name="rebuild"),
    path("settings/figures/stop/", recalculation.stop, name="recalculation_stop"),
]
