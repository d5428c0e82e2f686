"""What the catalog holds about a person: why they accepted a text that was held back."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held, Words

HELD = (
    Held(
        key="texts-accepted",
        what=_("Why you took a text of a vendor for real that had been held back"),
        why=_("It is compared from then on, and people are asked again because of it."),
        who=_("Whoever may read the policies here."),
        how_long=_("Until %(years)d years after you leave."),
        erased=_("The words go; who did it and when stays as a number."),
        words=(Words("catalog_policyversion", "reason_id", "it.by_id = %(user)s", at="it.added_at"),),
    ),
)
_SHIPPED = "about vendors and their products, never about a person here"
NOTHING = {
    **{
        f"catalog_{table}.*": _SHIPPED
        for table in (
            *("topic", "policysource", "policyversion", "sourcehealth", "heldbacktext", "clause", "profile", "fact"),
            *("claim", "citation", "citedplace", "tool", "accessroute", "node", "hop", "procedure"),
        )
    },
}
