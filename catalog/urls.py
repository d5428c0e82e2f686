"""Addresses of policies and their versions, below /o/<organization>/."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("policies/", views.source_list, name="source-list"),
    path("policies/<int:pk>/", views.source_detail, name="source-detail"),
    path("policies/<int:pk>/versions/add/", views.version_add, name="version-add"),
    path("policies/<int:pk>/compare/<int:old>/<int:new>/", views.version_compare, name="version-compare"),
]
