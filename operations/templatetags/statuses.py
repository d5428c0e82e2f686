"""How a status looks: every status has a word, a tone (color) and an icon, said once here and never a color alone."""

from dataclasses import dataclass

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True)
class Look:
    """The word, tone (good, warn, bad, info, quiet) and icon of a status; plain ones stand as text without a tag."""

    word: str | Promise
    tone: str
    icon: str
    is_plain: bool = False


LOOKS = {
    # what a person has to do
    "to-do": Look(_("To do"), "info", "circle"),
    "in-progress": Look(_("Started"), "info", "pencil"),
    "unanswered": Look(_("To do"), "info", "circle"),
    "complete": Look(_("Completed"), "good", "check", is_plain=True),
    "given": Look(_("Answered"), "good", "check", is_plain=True),
    "unsure": Look(_("I'm not sure"), "info", "unknown"),
    "mend": Look(_("Needs mending"), "warn", "attention"),
    "reopened": Look(_("Needs another look"), "warn", "attention"),
    "lapsed": Look(_("Needs another look"), "warn", "clock"),
    "newly-covered": Look(_("Needs another look"), "warn", "attention"),
    "ended": Look(_("No longer required"), "quiet", "dash"),
    "completed": Look(_("Completed"), "good", "check", is_plain=True),
    "needs-another-look": Look(_("Needs another look"), "warn", "attention"),
    "cannot-start-yet": Look(_("Cannot start yet"), "quiet", "lock"),
    "out-of-reach": Look(_("Mail doesn’t arrive"), "warn", "attention"),
    "overdue": Look(_("Overdue"), "bad", "overdue"),
    "due-soon": Look(_("Due soon"), "warn", "clock"),
    "not-applicable": Look(_("Not applicable"), "quiet", "dash"),
    "not-sure": Look(_("Asked, waiting for an answer"), "info", "unknown"),
    "cleared": Look(_("Cleared"), "good", "check-circle"),
    "not-cleared": Look(_("Not cleared"), "quiet", "circle"),
    # decisions, rule sets, checklist versions
    "draft": Look(_("Draft"), "quiet", "pencil"),
    "submitted": Look(_("Waiting for signatures"), "info", "sign-offs"),
    "approved": Look(_("Approved"), "good", "check-circle"),
    "in-force": Look(_("In force"), "good", "check-circle"),
    "published": Look(_("Published"), "good", "check-circle"),
    "allowed": Look(_("Allowed"), "good", "check-circle"),
    "allowed-until": Look(_("Allowed until"), "warn", "calendar"),
    "not-allowed": Look(_("Not allowed"), "bad", "stop"),
    "not-decided": Look(_("Not decided"), "quiet", "unknown"),
    "needs-sign-off": Look(_("Needs sign-off"), "warn", "sign-offs"),
    "rejected": Look(_("Rejected"), "bad", "cross-circle"),
    "changes-asked": Look(_("Changes asked for"), "warn", "undo"),
    "withdrawn": Look(_("Withdrawn"), "quiet", "undo"),
    "suspended": Look(_("Suspended"), "bad", "pause"),
    "retired": Look(_("Retired"), "quiet", "archive"),
    "superseded": Look(_("Replaced by a newer one"), "quiet", "archive"),
    "expired": Look(_("Expired"), "bad", "clock"),
    # clauses of a policy
    "clause-added": Look(_("Added"), "good", "plus"),
    "clause-removed": Look(_("Removed"), "bad", "dash"),
    "clause-changed": Look(_("Changed"), "warn", "pencil"),
    "clause-renamed": Look(_("Renamed"), "info", "pencil"),
    "clause-moved": Look(_("Moved"), "info", "arrow"),
    # signatures
    "waiting": Look(_("Waiting"), "info", "hourglass"),
    "pending": Look(_("Waiting for signatures"), "info", "hourglass"),
    "signed": Look(_("Signed"), "good", "check-circle"),
    "signed-with-conditions": Look(_("Signed with conditions"), "good", "check-circle"),
    # rules
    "allowed-after-redaction": Look(_("Allowed after redaction"), "warn", "pencil"),
    "ask-first": Look(_("Ask first"), "info", "ask"),
    "never": Look(_("Never"), "bad", "stop"),
    # facts
    "known": Look(_("Known"), "quiet", "document", is_plain=True),
    "unknown": Look(_("Nobody knows yet"), "warn", "unknown"),
    "conflicting": Look(_("Sources disagree"), "warn", "conflicting"),
    "not-checked": Look(_("Not yet checked by you"), "quiet", "eye"),
    # papers
    "have": Look(_("We have it"), "good", "check-circle"),
    "asked": Look(_("Asked for"), "info", "hourglass"),
    "not-needed": Look(_("Not needed"), "quiet", "dash"),
    "missing": Look(_("Missing"), "warn", "attention"),
    # changes and reviews
    "material": Look(_("Material"), "warn", "attention"),
    "editorial": Look(_("Editorial"), "quiet", "pencil"),
    "holds": Look(_("It still holds"), "good", "check-circle"),
    "in-doubt": Look(_("In doubt"), "warn", "attention"),
    "running": Look(_("Running"), "info", "clock"),
    "go": Look(_("Go"), "good", "check-circle"),
    "no-go": Look(_("No-go"), "bad", "stop"),
    "open": Look(_("Open"), "info", "circle"),
    "closed": Look(_("Closed"), "quiet", "check"),
    "unavailable": Look(_("Page unavailable"), "warn", "link"),
    # people and invitations
    "active": Look(_("Active"), "good", "check", is_plain=True),
    "accepted": Look(_("Joined"), "good", "check", is_plain=True),
    "invited": Look(_("Invited"), "info", "mail"),
    "left": Look(_("Left"), "quiet", "sign-out"),
    # mail and machinery
    "held": Look(_("Kept here"), "quiet", "archive"),
    "queued": Look(_("Waiting to be sent"), "info", "hourglass"),
    "sent": Look(_("Sent"), "good", "check", is_plain=True),
    "failed": Look(_("Failed"), "bad", "cross-circle"),
    "well": Look(_("Running"), "good", "check-circle"),
    "sick": Look(_("Not running"), "bad", "attention"),
}


@register.filter
def status_look(status: str) -> Look:
    """The look of a status by its key, ``in_force`` and ``in-force`` alike; one we don't know is shown as it is."""
    key = str(status).lower().replace("_", "-")
    return LOOKS.get(key) or Look(key.replace("-", " ").capitalize(), "quiet", "circle")
