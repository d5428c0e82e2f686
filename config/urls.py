"""All addresses: public ones, the account pages, and everything of an organization under /o/<organization>/."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("accounts.account_urls")),
    path("", include("accounts.urls")),
    path("", include("operations.urls")),
    path("", include("notifications.urls")),
    path("o/<slug:organization>/", include("reports.urls")),
    path("", include("catalog.urls")),
    path("o/<slug:organization>/", include("governance.urls")),
    path("o/<slug:organization>/", include("checklists.urls")),
    path("o/<slug:organization>/", include("reviews.urls")),
    path("", include("home.urls")),
]
