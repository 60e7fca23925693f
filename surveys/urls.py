from django.urls import URLPattern, URLResolver, path

from surveys.views import public

app_name = "surveys"

urlpatterns: list[URLPattern | URLResolver] = [
    # Customers: the secret in the address is all they have.
    path("r/<str:token>/", public.answer, name="answer"),
    path("r/<str:token>/who/", public.who_sees, name="answer_who"),
    path("s/<str:address>/", public.shared, name="shared"),
    path("s/<str:address>/who/", public.who_sees, name="shared_who"),
    path("t/<str:key>/", public.thanks, name="thanks"),
    path("t/<str:key>/change/", public.change, name="change"),
    path("u/<str:token>/", public.unsubscribe, name="unsubscribe"),
]
