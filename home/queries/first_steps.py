"""The first steps of a new organization, each ticked by what the database knows, each leading to where it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import GroupPeriod, Invitation, Organization, SignOffGroup
from checklists.models import AssignmentRule, Checklist, ChecklistVersion
from governance.models import RouteDecision
from home.queries.roll_out import RollOut

Status = RouteDecision.Status


@dataclass(frozen=True)
class Step:
    """One step: what to do, what is missing, the page on which it is done, and how it stands."""

    label: str
    note: str
    url: str
    status: str


@dataclass(frozen=True)
class Begun:
    """How far a new organization has come.

    :ivar decision: the decision that goes on (``id``, ``status``), None before the first proposal.
    :ivar checklist: the one to publish or assign next (``id``, ``name``, ``is_published``), None where there is none.
    """

    security: str
    legal: str
    has_security: bool
    has_legal: bool
    invites_security: bool
    invites_legal: bool
    has_scope: bool
    decision: dict[str, Any] | None
    checklist: dict[str, Any] | None


def first_steps(organization: Organization, roll_out: RollOut) -> list[Step]:
    """The steps as they stand now, in the order in which an adoption review leads through them; one query."""
    begun = _begun(organization)

    def to(name: str, *args: int) -> str:
        return reverse(name, args=[organization.slug, *args])

    return [
        _begin(roll_out, to),
        _who_decides(begun, roll_out, to),
        _in_use(roll_out, to),
        _choose(begun, to),
        _scope(begun, to),
        _sign(begun, roll_out, to),
        _publish(begun, roll_out, to),
        _bring_in(roll_out, to),
    ]


def _begun(organization: Organization) -> Begun:
    here = {"organization": organization}
    decisions = RouteDecision.objects.filter(**here)
    invited = Invitation.objects.filter(**here, accepted_at=None, withdrawn_at=None)
    # Everybody is asked this one, so it comes before those of one kind of job.
    is_for_everybody = Case(When(key="employee-privacy", then=0), default=1)
    versions = ChecklistVersion.objects.filter(checklist=OuterRef("pk"), status="published")
    checklists = Checklist.objects.filter(**here, archived_at=None, kind=Checklist.Kind.PERSONAL).annotate(
        is_published=Exists(versions), is_asked=Exists(AssignmentRule.objects.open().filter(checklist=OuterRef("pk")))
    )
    columns = {
        "security": _name_of(organization, "security"),
        "legal": _name_of(organization, "legal"),
        "has_security": _is_filled(organization, "security"),
        "has_legal": _is_filled(organization, "legal"),
        "invites_security": Exists(invited.filter(group__key="security")),
        "invites_legal": Exists(invited.filter(group__key="legal")),
        "has_scope": Exists(decisions.filter(scope_lines__isnull=False)),
        "decision": _first(decisions.exclude(status=Status.WITHDRAWN).order_by("-pk"), "id", "status"),
        # What was published and is not asked of anybody comes first.
        "checklist": _first(
            checklists.filter(is_asked=False).order_by("-is_published", is_for_everybody, "name"),
            "id",
            "name",
            "is_published",
        ),
    }
    return Begun(**cast(dict[str, Any], Organization.objects.filter(pk=organization.pk).values(**columns).get()))


def _first(rows: QuerySet, *names: str) -> Subquery:
    return Subquery(rows.values(row=JSONObject(**{name: name for name in names}))[:1])


def _name_of(organization: Organization, key: str) -> Subquery:
    """What a group that has to sign is called here; both ship."""
    return Subquery(SignOffGroup.objects.filter(organization=organization, key=key).values("name")[:1])


def _is_filled(organization: Organization, key: str) -> Exists:
    return Exists(GroupPeriod.objects.open().filter(organization=organization, group__key=key))


def _begin(roll_out: RollOut, to: Callable[..., str]) -> Step:
    label = _("Begin an adoption review")
    if roll_out.has_adoption:
        return Step(
            label, _("It says what has to be settled, by whom and by when."), to("reviews:adoption-list"), "completed"
        )
    note = _("One page: what is to be decided, by when, and who keeps it. It leads through everything else.")
    return Step(label, note, to("reviews:adoption-begin"), "to-do")


def _who_decides(begun: Begun, roll_out: RollOut, to: Callable[..., str]) -> Step:
    label, groups = _("Say who decides"), {"security": begun.security, "legal": begun.legal}
    if begun.has_security and begun.has_legal:
        note = _("Somebody signs for %(security)s, and somebody for %(legal)s.")
        return Step(label, note % groups, to("accounts:person-list"), "completed")
    lacks_security = not (begun.has_security or begun.invites_security)
    lacks_legal = not (begun.has_legal or begun.invites_legal)
    if not lacks_security and not lacks_legal:
        note = _("Who signs is invited: waits for them to join.")
        return Step(label, note, to("accounts:invitation-list"), "waiting")
    lacks_both = lacks_security and lacks_legal
    if roll_out.has_colleagues or not lacks_both:
        both = _("%(security)s and %(legal)s") % groups
        missing = both if lacks_both else begun.security if lacks_security else begun.legal
        note = _(
            "Nobody signs for %(groups)s yet: an owner invites somebody for it, or opens a colleague’s page and chooses Sign-off groups."
        )
        return Step(label, note % {"groups": missing}, to("accounts:person-list"), "to-do")
    if roll_out.was_in_force:
        note = _("You, as long as you are the only person. With a second one, %(security)s and %(legal)s sign.")
        return Step(label, note % groups, to("accounts:invitation-add"), "completed")
    note = _(
        "Invite who signs for %(security)s and who signs for %(legal)s. While you are the only person, you approve your own decisions: go on."
    )
    return Step(label, note % groups, to("accounts:invitation-add"), "to-do")


def _in_use(roll_out: RollOut, to: Callable[..., str]) -> Step:
    label, page = _("Find out what is in use today"), to("checklists:usage-list")
    if roll_out.was_asked_what_is_used:
        return Step(label, _("Everybody is asked, whoever joins later too."), page, "completed")
    if not roll_out.has_colleagues:
        return Step(label, _("Once somebody has joined, everybody can be asked."), "", "cannot-start-yet")
    return Step(label, _("Ask everybody; names go to one person only, and telling has no consequences."), page, "to-do")


def _choose(begun: Begun, to: Callable[..., str]) -> Step:
    note = _("Compare how people could reach the tool, open one, and propose it.")
    return Step(_("Choose a route"), note, to("governance:route-list"), "completed" if begun.decision else "to-do")


def _scope(begun: Begun, to: Callable[..., str]) -> Step:
    label, note = _("Say for whom, and how"), _("In the draft: teams, kinds of data, conditions.")
    if not begun.decision:
        return Step(label, note, "", "cannot-start-yet")
    is_draft = begun.decision["status"] == Status.DRAFT
    page = "governance:decision-edit" if is_draft else "governance:decision-detail"
    is_done = begun.has_scope or not is_draft
    return Step(label, note, to(page, begun.decision["id"]), "completed" if is_done else "to-do")


def _sign(begun: Begun, roll_out: RollOut, to: Callable[..., str]) -> Step:
    is_alone = not roll_out.has_colleagues
    label = _("Approve it") if is_alone else _("Have it signed")
    if not begun.decision:
        return Step(label, _("First choose a route."), "", "cannot-start-yet")
    url = to("governance:decision-detail", begun.decision["id"])
    if roll_out.was_in_force:
        return Step(label, _("A decision is in force."), url, "completed")
    if begun.decision["status"] == Status.SUBMITTED:
        note = _("Submitted: approve it on its page.") if is_alone else _("Submitted: waits for signatures.")
        return Step(label, note, url, "to-do" if is_alone else "waiting")
    alone, several = (
        _("Submit it, then approve it."),
        _("Submit it. %(security)s signs, then %(legal)s; nobody signs what they proposed.")
        % {"security": begun.security, "legal": begun.legal},
    )
    return Step(label, alone if is_alone else several, url, "to-do" if begun.has_scope else "cannot-start-yet")


def _publish(begun: Begun, roll_out: RollOut, to: Callable[..., str]) -> Step:
    label = _("Publish a checklist, and say who answers it")
    if roll_out.is_asked:
        return Step(label, _("People are asked."), to("checklists:checklist-list"), "completed")
    if not begun.checklist:
        note = _("Copy a starter, read it, publish it, say who answers it.")
        return Step(label, note, to("checklists:starter-list"), "to-do")
    words = {"checklist": begun.checklist["name"]}
    if begun.checklist["is_published"]:
        note = _("“%(checklist)s” is published. Now say who answers it.") % words
        return Step(label, note, to("checklists:checklist-assign", begun.checklist["id"]), "to-do")
    note = _("Begin with “%(checklist)s”: read its questions, publish it, say who answers it.") % words
    return Step(label, note, to("checklists:checklist-detail", begun.checklist["id"]), "to-do")


def _bring_in(roll_out: RollOut, to: Callable[..., str]) -> Step:
    note = _(
        "Invite people, or import a list of them with their teams; whoever joins is asked what fits them. Working alone, "
        "you leave this out."
    )
    if roll_out.has_colleagues:
        note = _(
            "Invite those who will use it, or import a list of them with their teams; whoever joins is asked what fits them."
        )
    status = "completed" if roll_out.has_users else "waiting" if roll_out.invitations_open else "to-do"
    page = "accounts:invitation-list" if status == "waiting" else "accounts:invitation-add"
    return Step(_("Bring everyone in"), note, to(page), status)
