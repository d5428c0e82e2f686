"""What the URL walk opens in the world. A new address with an object in it adds its line to ``OBJECTS``."""

from collections.abc import Callable

from accounts.links import token_of
from catalog.models import Fact, HeldBackText, PolicySource, PolicyVersion
from home.queries.set_up_links import token_of as set_up_token
from home.queries.solo_links import arguments_for
from notifications.links import token_of as unsubscribe_token
from tests.world import World


def _citing(policy: PolicySource) -> Fact:
    return Fact.objects.standing().get(citations__source=policy)


def _compared(policy: PolicySource) -> dict[str, object]:
    new, old = PolicyVersion.objects.filter(source=policy)
    return {"pk": policy.pk, "old": old.pk, "new": new.pk}


# By view name → the arguments of its address, for every address that names an object.
OBJECTS: dict[str, Callable[[World], dict[str, object]]] = {
    "accounts:import-cancel": lambda world: {"pk": world.people_import.pk},
    "accounts:import-columns": lambda world: {"pk": world.people_import.pk},
    "accounts:import-detail": lambda world: {"pk": world.people_import.pk},
    "accounts:import-download": lambda world: {"pk": world.people_import.pk},
    "accounts:import-start": lambda world: {"pk": world.people_import.pk},
    "accounts:invitation-accept": lambda world: {"token": token_of(world.invitation)},
    "accounts:invitation-resend": lambda world: {"pk": world.invitation.pk},
    "accounts:invitation-withdraw": lambda world: {"pk": world.invitation.pk},
    "accounts:person-detail": lambda world: {"pk": world.acme.mia.pk},
    "accounts:factor-remove": lambda world: {"pk": 1},  # one's own: of anybody's, and none, the walk finds the same
    "accounts:session-end": lambda world: {"pk": 1},  # likewise
    "accounts:person-factors-reset": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-end": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-erase": lambda world: {"pk": world.acme.finn.pk},
    "accounts:person-keep": lambda world: {"pk": world.acme.finn.pk},
    "accounts:person-let-go": lambda world: {"pk": world.acme.finn.pk},
    "accounts:person-group-leave": lambda world: {"pk": world.acme.lea.pk, "group": world.acme.legal.pk},
    "accounts:person-groups": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-level": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-place": lambda world: {"pk": world.acme.mia.pk},
    "accounts:claim-rule-remove": lambda world: {"pk": world.acme.organization.claim_rules.get().pk},
    "accounts:email-domain-remove": lambda world: {
        "pk": world.acme.organization.email_domains.get(domain="acme.example").pk
    },
    "accounts:email-domain-verify": lambda world: {
        "pk": world.acme.organization.email_domains.get(domain="acme.example").pk
    },
    "accounts:single-sign-on-begin": lambda world: {"slug": "acme"},
    "accounts:single-sign-on-callback": lambda world: {"slug": "acme"},
    "accounts:single-sign-on-offer": lambda world: {"slug": "acme"},
    "accounts:job-role-edit": lambda world: {"pk": world.acme.seller.pk},
    "accounts:sign-off-group-archive": lambda world: {"pk": world.acme.legal.pk},
    "accounts:sign-off-group-edit": lambda world: {"pk": world.acme.legal.pk},
    "accounts:team-archive": lambda world: {"pk": world.acme.sales.pk},
    "accounts:team-edit": lambda world: {"pk": world.acme.sales.pk},
    "accounts:team-lead": lambda world: {"pk": world.acme.sales.pk},
    "catalog:held-back-accept": lambda world: {"pk": world.policy.pk, "held": world.policy.held_back.get().pk},
    "catalog:operate-held-back-accept": lambda world: {"pk": HeldBackText.objects.shipped().get().pk},
    "catalog:operate-source-fetch": lambda world: {"pk": HeldBackText.objects.shipped().get().source_id},
    "catalog:source-edit": lambda world: {"pk": world.policy.pk},
    "catalog:source-restore": lambda world: {"pk": world.policy.pk},
    "catalog:source-retire": lambda world: {"pk": world.policy.pk},
    "catalog:citation-place": lambda world: {"pk": world.policy.pk, "fact": _citing(world.policy).pk},
    "catalog:source-detail": lambda world: {"pk": world.policy.pk},
    "catalog:source-fetch": lambda world: {"pk": world.policy.pk},
    "catalog:version-add": lambda world: {"pk": world.policy.pk},
    "catalog:version-open": lambda world: {"pk": world.policy.pk, "version": _compared(world.policy)["new"]},
    "catalog:version-compare": lambda world: _compared(world.policy),
    "notifications:person-reach": lambda world: {"pk": world.acme.mia.pk},
    "notifications:unsubscribe": lambda world: {"token": unsubscribe_token(world.acme.mia.pk)},
    "checklists:checklist-archive": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-assign": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-detail": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-edit": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-publish": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-restore": lambda world: {"pk": world.archived.pk},
    "checklists:draft-discard": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:draft-edit": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-preview": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:checklist-compare": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:draft-order": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:draft-item-choose": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:draft-item-add": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:draft-item-edit": lambda world: {"pk": world.personal.checklist.pk, "listed": world.listed.pk},
    "checklists:draft-item-move": lambda world: {"pk": world.personal.checklist.pk, "listed": world.listed.pk},
    "checklists:draft-item-remove": lambda world: {"pk": world.personal.checklist.pk, "listed": world.listed.pk},
    "checklists:evidence-open": lambda world: {"pk": world.evidence.pk},
    "checklists:answer-shown": lambda world: {"pk": world.evidence.answer_id},
    "checklists:evidence-preview": lambda world: {"pk": world.seen.pk},
    "checklists:held-back-open": lambda world: {"pk": world.held_back.pk},
    "checklists:held-back-release": lambda world: {"pk": world.held_back.pk},
    "checklists:upload-preview": lambda world: {"pk": world.upload.pk},
    "checklists:job-role-archive": lambda world: {"pk": world.acme.seller.pk},
    "checklists:people-ask": lambda world: {"pk": world.personal.checklist.pk},
    "checklists:person-ask": lambda world: {"pk": world.acme.mia.pk},
    "checklists:person-summary": lambda world: {"pk": world.acme.mia.pk},
    "checklists:question-answer": lambda world: {"pk": world.question.pk},
    "checklists:rule-end": lambda world: {"pk": world.personal.checklist.pk, "rule": world.personal.rule.pk},
    "checklists:shared-answer": lambda world: {"item": world.shared.item.pk},
    "checklists:shared-answer-team": lambda world: {"item": world.shared.item.pk, "team": world.acme.sales.pk},
    "checklists:task-mail": lambda world: {"item": world.personal.item.pk},
    "checklists:task-answer": lambda world: {"item": world.personal.item.pk},
    "checklists:usage-close": lambda world: {"pk": world.inquiry.pk},
    "home:calendar-feed": lambda world: {"token": world.calendar_token},
    "home:set-up": lambda world: {"token": set_up_token(world.set_up_link)},
    "home:set-up-solo": lambda world: {"token": set_up_token(world.set_up_link)},
    "home:solo-agree": lambda world: {"pk": world.draft.pk},
    "home:solo-enter": lambda world: arguments_for(world.alone.user),
    "governance:condition-meet": lambda world: {"pk": world.condition.pk},
    "governance:agreement-list": lambda world: {"pk": world.route.pk},
    "governance:agreement-note": lambda world: {"pk": world.route.pk, "kind": "processing"},
    "governance:facts-accept": lambda world: {"pk": world.route.pk},
    "governance:facts-check": lambda world: {"pk": world.route.pk, "check": "training"},
    "governance:paper-open": lambda world: {"pk": world.agreement.paper_id},
    "governance:decision-detail": lambda world: {"pk": world.draft.pk},
    "governance:decision-edit": lambda world: {"pk": world.draft.pk},
    "governance:decision-propose": lambda world: {"pk": world.route.pk},
    "governance:decision-resume": lambda world: {"pk": world.draft.pk},
    "governance:decision-retire": lambda world: {"pk": world.draft.pk},
    "governance:decision-submit": lambda world: {"pk": world.draft.pk},
    "governance:decision-stopped": lambda world: {"pk": world.suspended.pk},
    "governance:decision-stops": lambda world: {"pk": world.suspended.pk},
    "governance:decision-suspend": lambda world: {"pk": world.draft.pk},
    "governance:decision-withdraw": lambda world: {"pk": world.submitted.pk},
    "governance:route-detail": lambda world: {"pk": world.route.pk},
    "governance:route-archive": lambda world: {"pk": world.route.pk},
    "governance:route-restore": lambda world: {"pk": world.route.pk},
    "governance:sign-off-comment": lambda world: {"pk": world.submitted.sign_off_id},
    "governance:signature-detail": lambda world: {"pk": world.signature.pk},
    "governance:sign-off-sign": lambda world: {"pk": world.submitted.sign_off_id},
    "reviews:adoption-board": lambda world: {"pk": world.adoption.pk},
    "reviews:adoption-brief": lambda world: {"pk": world.adoption.pk},
    "reviews:verdict-propose": lambda world: {"pk": world.adoption.pk},
    "reviews:verdict-sign": lambda world: {"pk": world.verdict.sign_off_id},
    "reviews:verdict-withdraw": lambda world: {"pk": world.verdict.pk},
    "reviews:adoption-change": lambda world: {"pk": world.adoption.pk},
    "reviews:adoption-end": lambda world: {"pk": world.adoption.pk},
    "reviews:board-item": lambda world: {"pk": world.adoption.pk, "item": world.on_board.pk},
    "reviews:fact-add": lambda world: {"pk": world.route.pk},
    "reviews:assessment-judge": lambda world: {"pk": world.assessment.pk},
    "reports:cleared-export": lambda world: {"pk": world.route.pk},
    "reports:cleared-list": lambda world: {"pk": world.route.pk},
    "reviews:policy-assessment": lambda world: {"pk": world.policy_week.pk},
    "reviews:policy-judge": lambda world: {"pk": world.policy_week.pk},
    "reviews:review-close": lambda world: {"pk": world.review.pk},
    "reviews:usage-names": lambda world: {"pk": world.inquiry.pk},
}
