"""Addresses of people, invitations, teams and settings."""

from django.urls import include, path

from accounts import views

app_name = "accounts"

of_an_organization = [
    path("people/", views.person_list, name="person-list"),
    path("people/change/", views.people_change, name="people-change"),
    path("people/invitations/", views.invitation_list, name="invitation-list"),
    path("people/invitations/add/", views.invitation_add, name="invitation-add"),
    path("people/invitations/resend/", views.invitation_resend_all, name="invitation-resend-all"),
    path("people/invitations/<int:pk>/resend/", views.invitation_resend, name="invitation-resend"),
    path("people/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
    path("people/imports/add/", views.import_add, name="import-add"),
    path("people/imports/<int:pk>/", views.import_detail, name="import-detail"),
    path("people/imports/<int:pk>/columns/", views.import_columns, name="import-columns"),
    path("people/imports/<int:pk>/start/", views.import_start, name="import-start"),
    path("people/imports/<int:pk>/cancel/", views.import_cancel, name="import-cancel"),
    path("people/imports/<int:pk>/download/", views.import_download, name="import-download"),
    path("people/teams/", views.team_list, name="team-list"),
    path("people/teams/add/", views.team_add, name="team-add"),
    path("people/teams/<int:pk>/", views.team_edit, name="team-edit"),
    path("people/teams/<int:pk>/lead/", views.team_lead, name="team-lead"),
    path("people/teams/<int:pk>/archive/", views.team_archive, name="team-archive"),
    path("people/<int:pk>/", views.person_detail, name="person-detail"),
    path("people/<int:pk>/place/", views.person_place, name="person-place"),
    path("people/<int:pk>/level/", views.person_level, name="person-level"),
    path("people/<int:pk>/groups/", views.person_groups, name="person-groups"),
    path("people/<int:pk>/groups/<int:group>/leave/", views.person_group_leave, name="person-group-leave"),
    path("people/<int:pk>/end/", views.person_end, name="person-end"),
    path("people/<int:pk>/second-factor/", views.person_factors_reset, name="person-factors-reset"),
    path("settings/second-factor/", views.settings_second_factor, name="settings-second-factor"),
    path("settings/", views.settings_edit, name="settings-edit"),
    path("settings/single-sign-on/", views.single_sign_on, name="single-sign-on"),
    path("settings/single-sign-on/provider/", views.single_sign_on_edit, name="single-sign-on-edit"),
    path("settings/single-sign-on/test/", views.single_sign_on_test, name="single-sign-on-test"),
    path("settings/single-sign-on/way/", views.single_sign_on_way, name="single-sign-on-way"),
    path("settings/single-sign-on/forget/", views.single_sign_on_forget, name="single-sign-on-forget"),
    path("settings/single-sign-on/domains/add/", views.email_domain_add, name="email-domain-add"),
    path("settings/single-sign-on/domains/<int:pk>/verify/", views.email_domain_verify, name="email-domain-verify"),
    path("settings/single-sign-on/domains/<int:pk>/remove/", views.email_domain_remove, name="email-domain-remove"),
    path("settings/single-sign-on/places/add/", views.claim_rule_add, name="claim-rule-add"),
    path("settings/single-sign-on/places/<int:pk>/remove/", views.claim_rule_remove, name="claim-rule-remove"),
    path("settings/job-roles/add/", views.job_role_add, name="job-role-add"),
    path("settings/job-roles/<int:pk>/", views.job_role_edit, name="job-role-edit"),
    path("settings/sign-off-groups/add/", views.sign_off_group_add, name="sign-off-group-add"),
    path("settings/sign-off-groups/<int:pk>/", views.sign_off_group_edit, name="sign-off-group-edit"),
    path("settings/sign-off-groups/<int:pk>/archive/", views.sign_off_group_archive, name="sign-off-group-archive"),
]

urlpatterns = [
    path("account/profile/", views.profile, name="profile"),
    path("account/security/", views.security, name="security"),
    path("account/security/needed/", views.second_factor_needed, name="second-factor-needed"),
    path("account/security/factors/<int:pk>/remove/", views.factor_remove, name="factor-remove"),
    path("account/security/recovery-codes.txt", views.recovery_codes_download, name="recovery-codes-download"),
    path("account/security/sessions/end/", views.sessions_end, name="sessions-end"),
    path("account/security/sessions/<int:pk>/end/", views.session_end, name="session-end"),
    path("account/passkey-challenge/", views.passkey_challenge, name="passkey-challenge"),
    path("account/identity-code/", views.identity_code_send, name="identity-code-send"),
    path("account/single-sign-on/<slug:slug>/", views.single_sign_on_offer, name="single-sign-on-offer"),
    path("account/single-sign-on/<slug:slug>/begin/", views.single_sign_on_begin, name="single-sign-on-begin"),
    path("account/single-sign-on/<slug:slug>/callback/", views.single_sign_on_callback, name="single-sign-on-callback"),
    path("invitation/<str:token>/", views.invitation_accept, name="invitation-accept"),
    path("o/<slug:organization>/", include(of_an_organization)),
]
