"""Pages about people, teams, invitations, settings and oneself."""

from accounts.views.erasing import person_erase, person_keep, person_let_go
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
from accounts.views.recorded import recorded_about_me, recorded_take_out
from accounts.views.settings import (
    job_role_add,
    job_role_edit,
    settings_edit,
    settings_retention,
    sign_off_group_add,
    sign_off_group_archive,
    sign_off_group_edit,
)
from accounts.views.teams import team_add, team_archive, team_edit, team_lead, team_list

__all__ = [
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
    "person_erase",
    "person_group_leave",
    "person_groups",
    "person_keep",
    "person_let_go",
    "person_level",
    "person_list",
    "person_place",
    "profile",
    "recorded_about_me",
    "recorded_take_out",
    "settings_edit",
    "settings_retention",
    "sign_off_group_add",
    "sign_off_group_archive",
    "sign_off_group_edit",
    "team_add",
    "team_archive",
    "team_edit",
    "team_lead",
    "team_list",
]
