"""Addresses of what can be proved."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/audit/", views.audit_list, name="audit-list"),
    path("reports/audit/export/", views.audit_export, name="audit-export"),
    path("routes/<int:pk>/cleared/", views.cleared_list, name="cleared-list"),
    path("routes/<int:pk>/cleared/export/", views.cleared_export, name="cleared-export"),
    path("progress/usage/export/", views.usage_export, name="usage-export"),
]
