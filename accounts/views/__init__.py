"""Pages about people, teams, invitations, settings and oneself."""

from accounts.views.invitations import invitation_add, invitation_list, invitation_resend, invitation_withdraw
from accounts.views.joining import invitation_accept
from accounts.views.oneself import identity_code_send, profile
from accounts.views.people import (
    person_detail,
    person_end,
    person_group_leave,
    person_groups,
    person_level,
    person_list,
    person_place,
)
from accounts.views.provider_sign_ins import (
    single_sign_on_begin,
    single_sign_on_callback,
    single_sign_on_offer,
)
from accounts.views.settings import (
    job_role_add,
    job_role_edit,
    settings_edit,
    sign_off_group_add,
    sign_off_group_archive,
    sign_off_group_edit,
)
from accounts.views.single_sign_on import (
    claim_rule_add,
    claim_rule_remove,
    email_domain_add,
    email_domain_remove,
    email_domain_verify,
    single_sign_on,
    single_sign_on_edit,
    single_sign_on_forget,
    single_sign_on_test,
    single_sign_on_way,
)
from accounts.views.teams import team_add, team_archive, team_edit, team_lead, team_list

__all__ = [
    "claim_rule_add",
    "claim_rule_remove",
    "email_domain_add",
    "email_domain_remove",
    "email_domain_verify",
    "identity_code_send",
    "invitation_accept",
    "invitation_add",
    "invitation_list",
    "invitation_resend",
    "invitation_withdraw",
    "job_role_add",
    "job_role_edit",
    "person_detail",
    "person_end",
    "person_group_leave",
    "person_groups",
    "person_level",
    "person_list",
    "person_place",
    "profile",
    "settings_edit",
    "sign_off_group_add",
    "sign_off_group_archive",
    "sign_off_group_edit",
    "single_sign_on",
    "single_sign_on_begin",
    "single_sign_on_callback",
    "single_sign_on_edit",
    "single_sign_on_forget",
    "single_sign_on_offer",
    "single_sign_on_test",
    "single_sign_on_way",
    "team_add",
    "team_archive",
    "team_edit",
    "team_lead",
    "team_list",
]
