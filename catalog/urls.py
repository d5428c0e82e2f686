"""Addresses of policies and their versions, and the operator's page about fetching them."""

from django.urls import include, path

from catalog import views

app_name = "catalog"
of_an_organization = [
    path("policies/", views.source_list, name="source-list"),
    path("policies/add/", views.source_add, name="source-add"),
    path("policies/<int:pk>/", views.source_detail, name="source-detail"),
    path("policies/<int:pk>/facts/<int:fact>/", views.citation_place, name="citation-place"),
    path("policies/<int:pk>/fetch/", views.source_fetch, name="source-fetch"),
    path("policies/<int:pk>/held-back/<int:held>/", views.held_back_accept, name="held-back-accept"),
    path("policies/<int:pk>/edit/", views.source_edit, name="source-edit"),
    path("policies/<int:pk>/retire/", views.source_retire, name="source-retire"),
    path("policies/<int:pk>/restore/", views.source_restore, name="source-restore"),
    path("policies/<int:pk>/versions/add/", views.version_add, name="version-add"),
    path("policies/<int:pk>/versions/<int:version>/", views.version_open, name="version-open"),
    path("policies/<int:pk>/compare/<int:old>/<int:new>/", views.version_compare, name="version-compare"),
]
urlpatterns = [
    path("o/<slug:organization>/", include(of_an_organization)),
    path("operate/sources/", views.operate_sources, name="operate-sources"),
    path("operate/sources/<int:pk>/fetch/", views.operate_source_fetch, name="operate-source-fetch"),
    path("operate/sources/held-back/<int:pk>/", views.operate_held_back_accept, name="operate-held-back-accept"),
]
