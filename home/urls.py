"""Addresses of the first pages."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("o/<slug:organization>/", views.organization_home, name="organization"),
]
