"""How many people are asked again when a decision comes into force."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization
from accounts.queries import asked_memberships
from audit.models import Basis
from governance.models import RouteDecision
from governance.queries.decisions import in_scope
from governance.queries.submissions import scope_of


def asked_again(content: Mapping[str, Any], *, organization: Organization) -> QuerySet[Membership]:
    """Whom a decision may ask again: those it covers, and nobody before anybody has answered anything.

    It asks what shows decisions again, of whoever has answered that. Answers belong to the checklists, above this app;
    so this is the most it can be. Of a change judged not to matter, it asks only those who were not covered before.

    :param content: what ``submissions.frozen_content`` froze or would freeze, or what is to be signed by now.
    """
    after = touched = in_scope(content["scope"])
    if content["replaces"]:
        scopes = (change["before"] for change in content["changes"] if change["field"] == "scope")
        before = in_scope(next(scopes, content["scope"]))
        touched = after | before if matters(content) else after & ~before
    return _who_has_answered(organization).filter(touched)


def matters(content: Mapping[str, Any]) -> bool:
    """Whether people who have answered look again: its proposer judged so, or it was signed with conditions since."""
    return bool(content["is_material"] or content.get("signed_with"))


def asked_again_without(decision: RouteDecision) -> QuerySet[Membership]:
    """The same of a decision that is taken out of force, judged material: whoever it covers, at most."""
    return _who_has_answered(decision.organization).filter(in_scope(scope_of(decision)))


def _who_has_answered(organization: Organization) -> QuerySet[Membership]:
    is_answered = Exists(Basis.objects.filter(organization_id=organization.pk, key__startswith="item:"))
    return asked_memberships(organization).filter(is_answered)


def asked_again_text(count: int) -> str:
    """The sentence for whoever submits, or signs last."""
    if not count:
        return _("When this comes into force, nobody is asked again: it concerns nobody who has answered anything yet.")
    return ngettext(
        "When this comes into force, up to %(count)d person is asked again: whoever it concerns and has answered a "
        "question that shows our decisions.",
        "When this comes into force, up to %(count)d people are asked again: whoever it concerns and has answered a "
        "question that shows our decisions.",
        count,
    ) % {"count": count}
