"""What accounts hold about a person, sessions and other ways to sign in included."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held, Words

AFTER_LEAVING = _("Until %(years)d years after you leave.")
MANAGERS = _("You, and whoever owns, manages or audits here; a lead sees their own team.")
SIGN_IN = _("So that you can sign in, and nobody else as you.")
NOBODY = _("Nobody; the machine alone.")

HELD = (
    Held(
        key="name",
        what=_("Your name, address, time zone and a digest of your password"),
        why=_("So that you can sign in and be told what waits for you, and others know whom they work with."),
        who=_("Everybody here reads your name where you did something; your address: whoever owns, manages or audits."),
        how_long=_("Until %(years)d years after you leave, in every organization on this installation."),
        erased=_("Name, address and password go; in place of the name stands “Erased person” and a number."),
        columns=("accounts_user.name", "accounts_user.email", "accounts_user.timezone", "accounts_user.password"),
        rows="SELECT name, email, timezone, date_joined, address_proved_at FROM accounts_user WHERE id = %(user)s",
        erase=(
            """UPDATE accounts_user SET name = %(label)s, email = %(user)s::text || '@erased.invalid', password = '!',
                      timezone = '', is_active = false, last_login = NULL, erased_at = %(at)s WHERE id = %(user)s""",
        ),
        is_of_user=True,
    ),
    Held(
        key="places",
        what=_("Which team, job role, access level and sign-off groups you had, and from when to when"),
        why=_("Checklists follow from it, and so does what you may open and sign."),
        who=MANAGERS,
        how_long=_("For good: without it nobody could tell who was allowed to sign."),
        erased=_("Stays, without the name."),
        rows="""SELECT 'access' AS kind, level AS what, started_at, ended_at
                FROM accounts_accessperiod WHERE membership_id = %(membership)s
                UNION ALL SELECT 'place', concat_ws(', ', team.name, role.name), started_at, ended_at
                FROM accounts_placement LEFT JOIN accounts_team team ON team.id = team_id
                LEFT JOIN accounts_jobrole role ON role.id = job_role_id WHERE membership_id = %(membership)s
                UNION ALL SELECT 'leads', team.name, started_at, ended_at
                FROM accounts_leadperiod JOIN accounts_team team ON team.id = team_id
                WHERE membership_id = %(membership)s
                UNION ALL SELECT 'signs for', signs.name, started_at, ended_at
                FROM accounts_groupperiod JOIN accounts_signoffgroup signs ON signs.id = group_id
                WHERE membership_id = %(membership)s""",
        columns=("accounts_accessperiod.level",),
    ),
    Held(
        key="invitations",
        what=_("The invitation with which you came: your address, and the name that was typed"),
        why=_("So that it is known who let you in."),
        who=_("Whoever owns or manages here."),
        how_long=AFTER_LEAVING,
        erased=_("Address and name go; that somebody was invited, by whom and when, stays."),
        columns=("accounts_invitation.email", "accounts_invitation.name"),
        rows="""SELECT email, name, level, invited_at, accepted_at FROM accounts_invitation
                WHERE organization_id = %(organization)s AND (accepted_by_id = %(user)s OR email = (
                    SELECT email FROM accounts_user WHERE id = %(user)s))""",
        erase=(
            """UPDATE accounts_invitation SET email = id::text || '@erased.invalid', name = '', withdrawn_at = CASE
                   WHEN accepted_at IS NULL THEN coalesce(withdrawn_at, %(at)s) END
               WHERE organization_id = %(organization)s AND (accepted_by_id = %(user)s OR email = %(address)s)""",
        ),
        forget="""UPDATE accounts_invitation it SET email = it.id::text || '@erased.invalid', name = '',
                         withdrawn_at = coalesce(it.withdrawn_at, it.expires_at)
                  FROM accounts_organization organization
                  WHERE organization.id = it.organization_id AND it.accepted_at IS NULL
                    AND right(it.email, 15) <> '@erased.invalid' AND coalesce(it.withdrawn_at, it.expires_at)
                        + make_interval(years => organization.keep_people_for_years::int) <= %(at)s
                  RETURNING it.organization_id""",
    ),
    Held(
        key="kept-longer",
        what=_("Why you put off erasing somebody who has left"),
        why=_("It has to be known why somebody is kept for longer."),
        who=_("Owners."),
        how_long=AFTER_LEAVING,
        erased=_("The words go."),
        words=(Words("accounts_membership", "held_because_id", "it.held_by_id = %(user)s", at="it.held_at"),),
    ),
    Held(
        key="sessions",
        what=_("In which browsers you are signed in"),
        why=SIGN_IN,
        who=NOBODY,
        how_long=_("Until you sign out, or two weeks."),
        erased=_("Goes: you are signed out everywhere."),
        columns=("django_session.session_key", "django_session.session_data"),
        forget="DELETE FROM django_session WHERE expire_date <= %(at)s RETURNING NULL::uuid",
        is_of_user=True,  # what a session holds is sealed: accounts/actions/erasing.py finds whose they are
    ),
    Held(
        key="addresses",
        what=_("Your address, once more: kept by the library that signs you in"),
        why=SIGN_IN,
        who=NOBODY,
        how_long=AFTER_LEAVING,
        erased=_("Goes."),
        columns=("account_emailaddress.email", "account_emailconfirmation.key"),
        rows="SELECT email, verified FROM account_emailaddress WHERE user_id = %(user)s",
        erase=(
            """DELETE FROM account_emailconfirmation WHERE email_address_id IN (
                   SELECT id FROM account_emailaddress WHERE user_id = %(user)s)""",
            "DELETE FROM account_emailaddress WHERE user_id = %(user)s",
        ),
        is_of_user=True,
    ),
    Held(
        key="single-sign-on",
        what=_("By which id your company's sign-in knows you"),
        why=SIGN_IN,
        who=NOBODY,
        how_long=AFTER_LEAVING,
        erased=_("Goes."),
        columns=("accounts_provideridentity.issuer", "accounts_provideridentity.subject"),
        rows="""SELECT issuer, subject, linked_at FROM accounts_provideridentity
                WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        erase=(
            """DELETE FROM accounts_provideridentity
               WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        ),
    ),
    Held(
        key="imports",
        what=_("Your line in a list of people that somebody has brought and not imported yet"),
        why=_("So that it can be looked at before anybody is imported."),
        who=_("Whoever owns or manages here."),
        how_long=_("Until the list is imported or given up, a week at most."),
        erased=_("Goes."),
        columns=tuple(
            f"accounts_importline.{name}" for name in ("cells", "email", "name", "team", "job_role", "lead", "problems")
        ),
        rows="""SELECT email, name, team, job_role FROM accounts_importline
                WHERE organization_id = %(organization)s
                  AND lower(email) = (SELECT email FROM accounts_user WHERE id = %(user)s)""",
        erase=(
            """DELETE FROM accounts_importline
               WHERE organization_id = %(organization)s AND (lower(email) = %(address)s OR cells::text ~ %(named)s)""",
        ),
    ),
    Held(
        key="second-factors",
        what=_("Your second factor: the secret of an app, a security key, recovery codes"),
        why=SIGN_IN,
        who=NOBODY,
        how_long=_("Until you remove it, or are erased."),
        erased=_("Goes."),
        columns=("mfa_authenticator.type", "mfa_authenticator.data"),
        rows="SELECT type, created_at, last_used_at FROM mfa_authenticator WHERE user_id = %(user)s",
        erase=("DELETE FROM mfa_authenticator WHERE user_id = %(user)s",),
        is_of_user=True,
        app="allauth.mfa",
    ),
    Held(
        key="devices",
        what=_("In which kind of browser you are signed in, and since when; nothing of where it is"),
        why=_("So that you can see a sign-in that was not yours, and end it."),
        who=_("You."),
        how_long=_("Until the session ends."),
        erased=_("Goes."),
        columns=(
            "usersessions_usersession.ip",
            "usersessions_usersession.session_key",
            "usersessions_usersession.user_agent",
            "usersessions_usersession.data",
        ),
        rows="SELECT user_agent, created_at FROM usersessions_usersession WHERE user_id = %(user)s",
        erase=("DELETE FROM usersessions_usersession WHERE user_id = %(user)s",),
        is_of_user=True,
        app="allauth.usersessions",
    ),
)
NOTHING = {
    "accounts_organization.*": "the organization's own name and address",
    "accounts_team.*": "what the organization calls its teams",
    "accounts_jobrole.*": "what the organization calls its job roles",
    "accounts_signoffgroup.*": "what the organization calls its groups",
    "accounts_invitation.level": "an access level",
    "accounts_peopleimport.*": "how a list was read, and how many people are in it",
    "accounts_singlesignon.*": "how the company's sign-in is reached",
    "accounts_emaildomain.*": "the company's own domains",
    "accounts_claimrule.*": "what the company's sign-in calls its groups",
    "auth_group.*": "unused: rights are in accounts/rights.py",
    "auth_permission.*": "unused: rights are in accounts/rights.py",
    "django_content_type.*": "Django's names of tables",
    "django_site.*": "the installation's own name",
    "operations_sweeprun.*": "what the machine did",
    "operations_heartbeat.*": "what the machine did",
}
