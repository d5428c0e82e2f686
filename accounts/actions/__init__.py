"""Every write about people, organizations and what they hold."""

from accounts.actions.crowds import (
    end_memberships,
    place_many,
)
from accounts.actions.erasing import (
    erase_due,
    erase_person,
    keep_person,
    let_person_go,
    note_taken_out,
)
from accounts.actions.factors import (
    remove_factor,
    remove_factors,
    reset_factors_of,
    reset_second_factor,
)
from accounts.actions.invitations import (
    accept,
    invite,
    refuse_unusable,
    resend,
    resend_all,
    withdraw,
)
from accounts.actions.job_roles import (
    add_job_role,
    archive_job_role,
    rename_job_role,
)
from accounts.actions.organizations import (
    become_company,
    change_organization,
    change_retention,
    found_organization,
    require_second_factor,
)
from accounts.actions.people import (
    change_access_level,
    change_profile,
    end_membership,
    join_group,
    leave_group,
    place,
)
from accounts.actions.provider_sign_ins import (
    enter,
    place_claimed,
    record_provider_refusal,
    refuse_unvouched,
)
from accounts.actions.sessions import (
    clear_sessions,
    end_session,
    end_sessions,
    forget_session,
)
from accounts.actions.sign_ins import (
    prove_address,
    record_at_door,
    record_refusal,
)
from accounts.actions.sign_off_groups import (
    add_sign_off_group,
    archive_sign_off_group,
    rename_sign_off_group,
)
from accounts.actions.single_sign_on import (
    Way,
    add_claim_rule,
    add_email_domain,
    configure_sign_on,
    forget_identity,
    record_sign_on_tested,
    remove_claim_rule,
    remove_email_domain,
    set_way_in,
    turn_off_by_operator,
    verify_email_domain,
)
from accounts.actions.teams import (
    add_team,
    appoint_lead,
    archive_team,
    rename_team,
)

__all__ = [
    "Way",
    "accept",
    "add_claim_rule",
    "add_email_domain",
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
    "clear_sessions",
    "configure_sign_on",
    "end_membership",
    "end_memberships",
    "end_session",
    "end_sessions",
    "enter",
    "erase_due",
    "erase_person",
    "forget_identity",
    "forget_session",
    "found_organization",
    "invite",
    "join_group",
    "keep_person",
    "leave_group",
    "let_person_go",
    "note_taken_out",
    "place",
    "place_claimed",
    "place_many",
    "prove_address",
    "record_at_door",
    "record_provider_refusal",
    "record_refusal",
    "record_sign_on_tested",
    "refuse_unusable",
    "refuse_unvouched",
    "remove_claim_rule",
    "remove_email_domain",
    "remove_factor",
    "remove_factors",
    "rename_job_role",
    "rename_sign_off_group",
    "rename_team",
    "require_second_factor",
    "resend",
    "resend_all",
    "reset_factors_of",
    "reset_second_factor",
    "set_way_in",
    "turn_off_by_operator",
    "verify_email_domain",
    "withdraw",
]
