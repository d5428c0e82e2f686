"""Addresses of what can be proved."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/audit/", views.audit_list, name="audit-list"),
    path("reports/audit/export/", views.audit_export, name="audit-export"),
]
