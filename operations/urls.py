"""Addresses that machines ask."""

from django.urls import path

from operations import views

app_name = "operations"
urlpatterns = [
    path("healthz", views.process, name="process"),
    path("readyz", views.ready, name="ready"),
    path("metrics", views.figures, name="figures"),
]
