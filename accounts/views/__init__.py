"""Pages about people, teams, invitations, settings and oneself."""

from accounts.views.crowds import (
    people_change,
)
from accounts.views.erasing import (
    person_erase,
    person_keep,
    person_let_go,
)
from accounts.views.identity import (
    identity_code_send,
    passkey_challenge,
    reauthenticate,
)
from accounts.views.imports import (
    import_add,
    import_cancel,
    import_columns,
    import_detail,
    import_download,
    import_start,
)
from accounts.views.invitations import (
    invitation_add,
    invitation_list,
    invitation_resend,
    invitation_resend_all,
    invitation_withdraw,
)
from accounts.views.joining import (
    invitation_accept,
)
from accounts.views.oneself import (
    profile,
)
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
from accounts.views.recorded import (
    recorded_about_me,
    recorded_take_out,
)
from accounts.views.second_factor import (
    person_factors_reset,
    settings_second_factor,
)
from accounts.views.security import (
    factor_remove,
    recovery_codes,
    recovery_codes_download,
    second_factor_needed,
    security,
    session_end,
    sessions_end,
)
from accounts.views.settings import (
    job_role_add,
    job_role_edit,
    settings_edit,
    settings_retention,
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
from accounts.views.teams import (
    team_add,
    team_archive,
    team_edit,
    team_lead,
    team_list,
)

__all__ = [
    "claim_rule_add",
    "claim_rule_remove",
    "email_domain_add",
    "email_domain_remove",
    "email_domain_verify",
    "factor_remove",
    "identity_code_send",
    "import_add",
    "import_cancel",
    "import_columns",
    "import_detail",
    "import_download",
    "import_start",
    "invitation_accept",
    "invitation_add",
    "invitation_list",
    "invitation_resend",
    "invitation_resend_all",
    "invitation_withdraw",
    "job_role_add",
    "job_role_edit",
    "passkey_challenge",
    "people_change",
    "person_detail",
    "person_end",
    "person_erase",
    "person_factors_reset",
    "person_group_leave",
    "person_groups",
    "person_keep",
    "person_let_go",
    "person_level",
    "person_list",
    "person_place",
    "profile",
    "reauthenticate",
    "recorded_about_me",
    "recorded_take_out",
    "recovery_codes",
    "recovery_codes_download",
    "second_factor_needed",
    "security",
    "session_end",
    "sessions_end",
    "settings_edit",
    "settings_retention",
    "settings_second_factor",
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
