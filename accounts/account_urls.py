"""The account pages of django-allauth that we use, each by the name its views reverse; signing up is not among them.

Where a name leads to a view of ours, allauth leads there too. What changes second factors, or gives a first password, asks first who one is.
"""

from allauth.account import views
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp
from django.urls import path
from django.views.generic import RedirectView

from accounts.decorators import confirmed_lately
from accounts.door import leads_to_provider
from accounts.views import reauthenticate, recovery_codes
from operations.late import loaded_late

authenticate = loaded_late("allauth.mfa.base.views.authenticate")
add_webauthn = loaded_late("allauth.mfa.webauthn.views.add_webauthn")
login_webauthn = loaded_late("allauth.mfa.webauthn.views.login_webauthn")
to_security = RedirectView.as_view(pattern_name="accounts:security")

urlpatterns = [
    path("login/", leads_to_provider(views.login, field="login"), name="account_login"),
    path(
        "login/code/",
        leads_to_provider(views.request_login_code, field="email", takes_anyway=True),
        name="account_request_login_code",
    ),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("login/passkey/", login_webauthn, name="mfa_login_webauthn"),
    path("login/second-step/", authenticate, name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", confirmed_lately(views.password_set, or_just_in=True), name="account_set_password"),
    path("password/reset/", leads_to_provider(views.password_reset, field="email"), name="account_reset_password"),
    path("password/reset/confirm/", views.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("password/reset/complete/", views.complete_password_reset, name="account_complete_password_reset"),
    path("password/reset/done/", views.password_reset_from_key_done, name="account_password_reset_completed"),
    path("second-factor/", to_security, name="mfa_index"),
    path("second-factor/app/", confirmed_lately(activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/there/", to_security, name="mfa_deactivate_totp"),
    path("second-factor/passkey/", confirmed_lately(add_webauthn), name="mfa_add_webauthn"),
    path("recovery-codes/", recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/make/", confirmed_lately(generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
