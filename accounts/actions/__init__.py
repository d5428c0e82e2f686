"""Every write about people, organizations and what they hold."""

from accounts.actions.erasing import end_sessions, erase_due, erase_person, keep_person, let_person_go, note_taken_out
from accounts.actions.invitations import accept, invite, refuse_unusable, resend, withdraw
from accounts.actions.job_roles import add_job_role, archive_job_role, rename_job_role
from accounts.actions.organizations import (
    become_company,
    change_organization,
    change_retention,
    found_organization,
)
from accounts.actions.people import (
    change_access_level,
    change_profile,
    end_membership,
    join_group,
    leave_group,
    place,
)
from accounts.actions.sign_ins import prove_address, record_at_door, record_refusal
from accounts.actions.sign_off_groups import add_sign_off_group, archive_sign_off_group, rename_sign_off_group
from accounts.actions.teams import add_team, appoint_lead, archive_team, rename_team

__all__ = [
    "accept",
    "add_job_role",
    "add_sign_off_group",
    "add_team",
    "appoint_lead",
    "archive_job_role",
    "archive_sign_off_group",
    "archive_team",
    "become_company",
    "change_access_level",
    "change_organization",
    "change_profile",
    "change_retention",
    "end_membership",
    "end_sessions",
    "erase_due",
    "erase_person",
    "found_organization",
    "invite",
    "join_group",
    "keep_person",
    "leave_group",
    "let_person_go",
    "note_taken_out",
    "place",
    "prove_address",
    "record_at_door",
    "record_refusal",
    "refuse_unusable",
    "rename_job_role",
    "rename_sign_off_group",
    "rename_team",
    "resend",
    "withdraw",
]
