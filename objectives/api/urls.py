from django.urls import path

from objectives.api import views

app_name = "objectives_api"

urlpatterns = [
    path("objectives/", views.ObjectiveList.as_view(), name="list"),
    path("objectives/<int:pk>/", views.ObjectiveDetail.as_view(), name="detail"),
]
