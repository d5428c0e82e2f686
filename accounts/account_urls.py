"""The account pages of django-allauth that we use, each by the name its views reverse; signing up is not among them."""

from allauth.account import views
from django.urls import path

from accounts.door import leads_to_provider

urlpatterns = [
    path("login/", leads_to_provider(views.login, field="login"), name="account_login"),
    path(
        "login/code/",
        leads_to_provider(views.request_login_code, field="email", always=True),
        name="account_request_login_code",
    ),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", leads_to_provider(views.password_reset, field="email"), name="account_reset_password"),
    path("password/reset/confirm/", views.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("password/reset/complete/", views.complete_password_reset, name="account_complete_password_reset"),
    path("password/reset/done/", views.password_reset_from_key_done, name="account_password_reset_completed"),
]
