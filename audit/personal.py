"""What the log holds about a person: ids alone."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held

HELD = (
    Held(
        key="log",
        what=_("What you did here, and when: signing in, answering, signing, changing something"),
        why=_("So that it can be proved later who did what, and that nobody changed the record."),
        who=_("Owners, managers and auditors, on the audit page."),
        how_long=_("For good: it says who by a number, never by name, and can't be cut."),
        erased=_("Stays, with the number alone."),
        rows="""SELECT at, action, target FROM audit_auditevent
                WHERE organization_id = %(organization)s AND actor_id = %(user)s ORDER BY id""",
        columns=("audit_auditevent.action", "audit_auditevent.target", "audit_auditevent.data"),
    ),
)
IDS = "ids, counts and digests only: tests/audit and the dump of tests/accounts/test_erasing.py hold it to that"
NOTHING = {
    "audit_auditlink.*": "hashes",
    "audit_auditanchor.*": "hashes",
    "audit_freetext.*": "reached from whatever points to it, and every such column stands in the register",
    "audit_snapshot.*": "the organization's texts; people as ids, what they typed by its salted digest",
    "audit_basis.*": IDS,
    "audit_reopening.*": "the organization's texts",
}
