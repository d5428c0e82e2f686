"""Addresses of people, invitations, teams and settings."""

from django.urls import include, path

from accounts import views

app_name = "accounts"

of_an_organization = [
    path("people/", views.person_list, name="person-list"),
    path("people/invitations/", views.invitation_list, name="invitation-list"),
    path("people/invitations/add/", views.invitation_add, name="invitation-add"),
    path("people/invitations/<int:pk>/resend/", views.invitation_resend, name="invitation-resend"),
    path("people/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
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
    path("people/<int:pk>/erase/", views.person_erase, name="person-erase"),
    path("people/<int:pk>/keep/", views.person_keep, name="person-keep"),
    path("people/<int:pk>/let-go/", views.person_let_go, name="person-let-go"),
    path("me/recorded/", views.recorded_about_me, name="recorded"),
    path("me/recorded/take-out/", views.recorded_take_out, name="recorded-take-out"),
    path("settings/", views.settings_edit, name="settings-edit"),
    path("settings/retention/", views.settings_retention, name="settings-retention"),
    path("settings/job-roles/add/", views.job_role_add, name="job-role-add"),
    path("settings/job-roles/<int:pk>/", views.job_role_edit, name="job-role-edit"),
    path("settings/sign-off-groups/add/", views.sign_off_group_add, name="sign-off-group-add"),
    path("settings/sign-off-groups/<int:pk>/", views.sign_off_group_edit, name="sign-off-group-edit"),
    path("settings/sign-off-groups/<int:pk>/archive/", views.sign_off_group_archive, name="sign-off-group-archive"),
]

urlpatterns = [
    path("account/profile/", views.profile, name="profile"),
    path("account/identity-code/", views.identity_code_send, name="identity-code-send"),
    path("invitation/<str:token>/", views.invitation_accept, name="invitation-accept"),
    path("o/<slug:organization>/", include(of_an_organization)),
]
