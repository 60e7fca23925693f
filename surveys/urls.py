from django.urls import URLPattern, URLResolver, path

from surveys.closing import views as closing
from surveys.views import (
    breakdown,
    editing,
    erasing,
    hosts,
    inviting,
    lists,
    preview,
    public,
    public_held,
    public_look,
    public_test,
    results,
    themes,
    versions,
)

app_name = "surveys"

urlpatterns: list[URLPattern | URLResolver] = [
    # Staff
    path("surveys/", lists.survey_list, name="list"),
    path("surveys/new/", editing.survey_new, name="new"),
    path("surveys/<slug:slug>/", results.survey_detail, name="detail"),
    path("surveys/<slug:slug>/answers/", results.survey_answers, name="answers"),
    path("surveys/<slug:slug>/answers.csv", results.answers_csv, name="answers_csv"),
    path("surveys/<slug:slug>/answers.xlsx", results.answers_xlsx, name="answers_xlsx"),
    path(
        "surveys/<slug:slug>/compared/",
        breakdown.survey_breakdown,
        name="breakdown",
    ),
    path(
        "surveys/<slug:slug>/compared.<str:ending>",
        breakdown.breakdown_file,
        name="breakdown_file",
    ),
    path("surveys/<slug:slug>/answers/<int:pk>/", results.response_void, name="void"),
    path(
        "surveys/<slug:slug>/answers/<int:pk>/themes/",
        themes.response_themes,
        name="response_themes",
    ),
    path("surveys/<slug:slug>/themes/", themes.survey_themes, name="themes"),
    path("surveys/<slug:slug>/themes/new/", themes.theme_new, name="theme_new"),
    path("surveys/<slug:slug>/themes/<int:pk>/", themes.theme_edit, name="theme_edit"),
    path(
        "surveys/<slug:slug>/themes/<int:pk>/delete/",
        themes.theme_delete,
        name="theme_delete",
    ),
    path(
        "surveys/<slug:slug>/invitations/",
        results.survey_invitations,
        name="invitations",
    ),
    path("surveys/<slug:slug>/follow-up/", closing.rules, name="follow_up_rules"),
    path(
        "surveys/<slug:slug>/follow-up/new/",
        closing.rule_new,
        name="follow_up_rule_new",
    ),
    path(
        "surveys/<slug:slug>/follow-up/<int:pk>/",
        closing.rule_edit,
        name="follow_up_rule",
    ),
    path("follow-ups/", closing.follow_ups, name="follow_ups"),
    path("follow-ups/<int:pk>/", closing.follow_up, name="follow_up"),
    path("surveys/<slug:slug>/edit/", editing.survey_edit, name="edit"),
    path("surveys/<slug:slug>/preview/", preview.survey_preview, name="preview"),
    path("surveys/<slug:slug>/test/", editing.survey_test, name="test"),
    path("surveys/<slug:slug>/versions/", versions.survey_versions, name="versions"),
    path("surveys/<slug:slug>/publish/", editing.survey_publish, name="publish"),
    path("surveys/<slug:slug>/close/", editing.survey_close, name="close"),
    path("surveys/<slug:slug>/share/", editing.survey_share, name="share"),
    path("surveys/<slug:slug>/invite/", inviting.survey_invite, name="invite"),
    # Administrators
    path("settings/redirects/", hosts.hosts, name="hosts"),
    path("settings/redirects/<int:pk>/forbid/", hosts.host_forbid, name="host_forbid"),
    path("settings/erasures/", erasing.erasures, name="erasures"),
    path("settings/erasures/<int:pk>/", erasing.erasure_detail, name="erasure"),
    # Customers: the secret in the address is all they have.
    path("r/<str:token>/", public.answer, name="answer"),
    path("r/<str:token>/who/", public.who_sees, name="answer_who"),
    path("r/<str:token>/held/", public_held.held, name="held"),
    path("s/<str:address>/", public.shared, name="shared"),
    path("s/<str:address>/who/", public.who_sees, name="shared_who"),
    path("t/<str:key>/", public.thanks, name="thanks"),
    path("t/<str:key>/change/", public.change, name="change"),
    path("t/<str:key>/held/", public_held.held_answer, name="held_answer"),
    path("try/<str:token>/", public_test.try_out, name="try_out"),
    path("look/<str:name>.css", public_look.colours, name="colours"),
    path("logo/<str:digest>/", public_look.logo, name="logo"),
    path("u/<str:token>/", public.unsubscribe, name="unsubscribe"),
]
