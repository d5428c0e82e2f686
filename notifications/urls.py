"""Addresses of mail pages."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("o/<slug:organization>/mail/", views.mail_list, name="mail-list"),
    path("o/<slug:organization>/mail/test/", views.mail_test, name="mail-test"),
    path("o/<slug:organization>/mail/people/<int:pk>/", views.person_reach, name="person-reach"),
    path("o/<slug:organization>/reminders/", views.preferences, name="preferences"),
    path("reminders/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("operate/outbox/", views.outbox, name="outbox"),
    path("outbox/", views.local_outbox, name="local-outbox"),
]
