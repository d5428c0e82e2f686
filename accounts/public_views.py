"""The one place that says which pages need no right: public ones, and those about the signed-in person alone.

Everything else is private, and asks for a right with ``accounts.decorators.require`` (or is the operator's).
"""

# By view name → why nobody needs to be signed in.
PUBLIC_VIEWS: dict[str, str] = {
    "account_login": "the door itself",
    "account_request_login_code": "the door itself: a code by e-mail",
    "account_confirm_login_code": "the door itself: typing the code",
    "mfa_login_webauthn": "the door itself: a passkey",
    "mfa_authenticate": "the door itself: the second step, for whoever has taken the first",
    "account_inactive": "says that the account is switched off",
    "account_reset_password": "somebody who forgot their password is not signed in",
    "account_confirm_password_reset_code": "somebody who forgot their password types the code that was sent",
    "account_complete_password_reset": "somebody who forgot their password chooses a new one",
    "account_password_reset_completed": "says that the new password works",
    "account_logout": "signing out twice is no error",
    "accounts:invitation-accept": "whoever is invited may have no account yet; the signed link is the key",
    "accounts:single-sign-on-offer": "the door itself: an organization's own provider",
    "accounts:single-sign-on-begin": "the door itself: leads the browser to the provider",
    "accounts:single-sign-on-callback": "the door itself: who comes back from the provider is signed in by its word",
    "home:set-up": "there is nobody to sign in before the first organization; the signed one-time link is the key",
    "home:set-up-solo": "the same link, for somebody who works alone",
    "home:calendar-feed": "a calendar program has no session; the link that its person made is the key, and can be ended",
    "home:solo-enter": "whoever works alone has no password; the link from their own terminal, good for once, is the key",
    "notifications:unsubscribe": "turning reminders off takes no sign-in; the signed link is the key, and only a POST changes anything",
    "notifications:local-outbox": "shows mail that stayed here; answers only on a loopback address of ./run (LOCAL_OUTBOX)",
    "operations:process": "a machine asks whether the process answers; says nothing else",
    "operations:figures": "a machine that says METRICS_TOKEN collects figures; without that setting there is no such page",
    "operations:ready": "a machine asks which part is sick; says nothing of organizations",
}

# By view name → why being signed in is enough.
PERSONAL_VIEWS: dict[str, str] = {
    "account_reauthenticate": "about the person's own session",
    "accounts:passkey-challenge": "what the person's own passkey is asked to sign",
    "accounts:security": "the person's own ways to sign in, and where they are signed in",
    "accounts:second-factor-needed": "leads to the person's own second factor",
    "accounts:factor-remove": "the person's own second factors, after confirming who they are",
    "accounts:recovery-codes-download": "the person's own recovery codes, after confirming who they are",
    "accounts:session-end": "the person's own sessions",
    "accounts:sessions-end": "the person's own sessions",
    "mfa_index": "leads to the person's own ways to sign in",
    "mfa_activate_totp": "the person's own app, after confirming who they are",
    "mfa_deactivate_totp": "leads to the person's own ways to sign in",
    "mfa_add_webauthn": "the person's own passkey, after confirming who they are",
    "mfa_view_recovery_codes": "the person's own recovery codes, after confirming who they are",
    "mfa_generate_recovery_codes": "the person's own recovery codes, after confirming who they are",
    "account_change_password": "the person's own password",
    "account_set_password": "the person's own password",
    "accounts:profile": "the person's own name and time zone",
    "accounts:identity-code-send": "sends a code to the person's own address",
    "home:start": "leads to the person's own organizations",
}
