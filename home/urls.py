"""Addresses of the first pages."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("set-up/<str:token>/", views.set_up, name="set-up"),
    path("o/<slug:organization>/", views.organization_home, name="organization"),
    path("o/<slug:organization>/start-our-own/", views.organization_start, name="organization-start"),
]
