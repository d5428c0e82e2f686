"""Addresses of routes, decisions and sign-offs, below /o/<organization>/."""

from django.urls import path

from governance import views

app_name = "governance"
urlpatterns = [
    path("routes/", views.route_list, name="route-list"),
    path("routes/add/", views.route_add, name="route-add"),
    path("routes/<int:pk>/", views.route_detail, name="route-detail"),
    path("routes/<int:pk>/archive/", views.route_archive, name="route-archive"),
    path("routes/<int:pk>/restore/", views.route_restore, name="route-restore"),
    path("routes/<int:pk>/propose/", views.decision_propose, name="decision-propose"),
    path("conditions/<int:pk>/", views.condition_meet, name="condition-meet"),
    path("routes/<int:pk>/check/accept/", views.facts_accept, name="facts-accept"),
    path("routes/<int:pk>/check/<slug:check>/", views.facts_check, name="facts-check"),
    path("routes/<int:pk>/papers/", views.agreement_list, name="agreement-list"),
    path("routes/<int:pk>/papers/<slug:kind>/", views.agreement_note, name="agreement-note"),
    path("papers/<int:pk>/", views.paper_open, name="paper-open"),
    path("decisions/", views.decision_list, name="decision-list"),
    path("decisions/<int:pk>/", views.decision_detail, name="decision-detail"),
    path("decisions/<int:pk>/edit/", views.decision_edit, name="decision-edit"),
    path("decisions/<int:pk>/submit/", views.decision_submit, name="decision-submit"),
    path("decisions/<int:pk>/withdraw/", views.decision_withdraw, name="decision-withdraw"),
    path("decisions/<int:pk>/suspend/", views.decision_suspend, name="decision-suspend"),
    path("decisions/<int:pk>/stopped/", views.decision_stopped, name="decision-stopped"),
    path("decisions/<int:pk>/stops/", views.decision_stops, name="decision-stops"),
    path("decisions/<int:pk>/resume/", views.decision_resume, name="decision-resume"),
    path("decisions/<int:pk>/retire/", views.decision_retire, name="decision-retire"),
    path("sign-offs/", views.sign_off_list, name="sign-off-list"),
    path("sign-offs/<int:pk>/", views.sign_off_sign, name="sign-off-sign"),
    path("signatures/<int:pk>/", views.signature_detail, name="signature-detail"),
    path("sign-offs/<int:pk>/comments/", views.sign_off_comment, name="sign-off-comment"),
]
