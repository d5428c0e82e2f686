"""Addresses of the first pages."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("operate/", views.operate, name="operate"),
    path("set-up/<str:token>/", views.set_up, name="set-up"),
    path("set-up/<str:token>/just-me/", views.set_up_solo, name="set-up-solo"),
    path("just-me/<uuid:pk>/<str:token>/", views.solo_enter, name="solo-enter"),
    path("o/<slug:organization>/", views.organization_home, name="organization"),
    path("calendar/<str:token>.ics", views.calendar_feed, name="calendar-feed"),
    path("o/<slug:organization>/my-calendar/", views.calendar, name="calendar"),
    path("o/<slug:organization>/my-calendar/make/", views.calendar_make, name="calendar-make"),
    path("o/<slug:organization>/my-calendar/end/", views.calendar_end, name="calendar-end"),
    path("o/<slug:organization>/inbox/", views.inbox, name="inbox"),
    path("o/<slug:organization>/start-our-own/", views.organization_start, name="organization-start"),
    path("o/<slug:organization>/just-me/<int:pk>/agree/", views.solo_agree, name="solo-agree"),
    path("o/<slug:organization>/just-me/look-again.ics", views.solo_calendar, name="solo-calendar"),
    path("o/<slug:organization>/just-me/end/", views.solo_end, name="solo-end"),
]
