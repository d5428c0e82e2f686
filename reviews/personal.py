"""What reviews hold about a person: what they typed when they reviewed, judged, moved a day, or proposed a go."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held, Words

AFTER_LEAVING = _("Until %(years)d years after you leave.")
WORDS_GO = _("The words go; who did it and when stays as a number.")
READERS = _("Whoever may read reviews here.")
_PROPOSED = "SELECT id FROM governance_signoff WHERE submitted_by_id = %(user)s"

HELD = (
    Held(
        key="reviews",
        what=_("What you wrote when you closed a review or found that something has to change"),
        why=_("It is the proof that somebody looked."),
        who=READERS,
        how_long=AFTER_LEAVING,
        erased=WORDS_GO,
        words=(
            Words("reviews_review", "because_id", "it.closed_by_id = %(user)s", at="it.closed_at"),
            Words("reviews_reviewfinding", "because_id", "it.by_id = %(user)s"),
        ),
    ),
    Held(
        key="verdicts",
        what=_("Why you judged a change of a vendor to matter, or not"),
        why=_("People are asked again because of it, or are not."),
        who=READERS,
        how_long=AFTER_LEAVING,
        erased=WORDS_GO,
        words=(
            Words("reviews_changeassessment", "because_id", "it.judged_by_id = %(user)s", at="it.judged_at"),
            Words("reviews_policyverdict", "because_id", "it.by_id = %(user)s"),
        ),
    ),
    Held(
        key="roll-outs",
        what=_("What you wrote about a roll-out: comments, why a day moved, why it may go or not"),
        why=_("So that whoever signs knows what was known."),
        who=READERS,
        how_long=AFTER_LEAVING,
        erased=WORDS_GO,
        words=(
            Words("reviews_adoptionterms", "because_id", "it.by_id = %(user)s"),
            Words("reviews_adoptionmove", "reason_id", "it.by_id = %(user)s"),
            Words("reviews_boardday", "because_id", "it.by_id = %(user)s"),
            Words("reviews_boardcomment", "text_id", "it.by_id = %(user)s"),
            Words("reviews_adoptionverdict", "because_id", f"it.sign_off_id IN ({_PROPOSED})", at="NULL::timestamptz"),
            Words("reviews_verdictwithdrawal", "because_id", "it.by_id = %(user)s"),
            Words(
                "reviews_acceptedblocker",
                "because_id",
                f"it.verdict_id IN (SELECT id FROM reviews_adoptionverdict WHERE sign_off_id IN ({_PROPOSED}))",
                at="NULL::timestamptz",
            ),
        ),
    ),
)
NOTHING = {
    "reviews_adoptionreview.*": "a status",
    "reviews_adoptionterms.*": "what the organization calls its roll-out",
    "reviews_adoptionmove.*": "statuses",
    "reviews_adoptionverdict.*": "go or no-go",
    "reviews_acceptedblocker.key": "ids",
    "reviews_policychange.*": "about vendors' pages",
    "reviews_clausechange.*": "about vendors' pages",
    "reviews_policyverdict.*": "a verdict",
    "reviews_changeassessment.*": "about a fact",
    "reviews_review.*": "an outcome",
    "reviews_reviewfinding.*": "an outcome",
}
