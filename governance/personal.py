"""What governance holds about a person: what they typed when they decided, signed, commented, asked and answered."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held, Words

AFTER_LEAVING = _("Until %(years)d years after you leave.")
WORDS_GO = _("The words go; who did it and when stays as a number.")
_TOLD_WHY = """organization_id = %(organization)s AND subject_key IN (
    SELECT 'stop:' || id FROM governance_decisionmove
    WHERE organization_id = %(organization)s AND by_id = %(user)s AND reason_id IS NOT NULL)"""

HELD = (
    Held(
        key="decisions",
        what=_("The reasons you gave when a decision was suspended, ended or taken up again"),
        why=_("So that everybody whom it concerns knows why."),
        who=_("Whoever the decision covers, and whoever may read decisions."),
        how_long=AFTER_LEAVING,
        erased=WORDS_GO,
        words=(Words("governance_decisionmove", "reason_id", "it.by_id = %(user)s"),),
        # Whoever was told to stop was told why, in these words.
        erase=(
            f"""UPDATE notifications_outgoingmail SET text = '', html = '' WHERE id IN (
                    SELECT mail_id FROM notifications_notice WHERE {_TOLD_WHY})""",
            f"UPDATE notifications_notice SET body = '', because = '' WHERE {_TOLD_WHY}",
        ),
    ),
    Held(
        key="signatures",
        what=_("What you signed or refused, and what you wrote with it"),
        why=_("A signature holds only while it can be shown who gave it, on what, and when."),
        who=_("Whoever may read sign-offs, and auditors."),
        how_long=_("The words until %(years)d years after you leave; the signature for good."),
        erased=_("The words go; the signature, what was seen and when stay."),
        rows="""SELECT it.at, sign_off.title, it.word, typed.body AS words FROM governance_signature it
                JOIN governance_signoff sign_off ON sign_off.id = it.sign_off_id
                LEFT JOIN audit_freetext typed ON typed.id = it.comment_id
                WHERE it.organization_id = %(organization)s AND it.user_id = %(user)s""",
        words=(Words("governance_signature", "comment_id", "it.user_id = %(user)s"),),
    ),
    Held(
        key="comments",
        what=_("What you wrote beside something that is to be signed"),
        why=_("So that a question is settled before anybody signs."),
        who=_("Whoever may read sign-offs; a note for a group, that group alone."),
        how_long=AFTER_LEAVING,
        erased=WORDS_GO,
        words=(Words("governance_signoffcomment", "text_id", "it.by_id = %(user)s"),),
    ),
    Held(
        key="conditions",
        what=_("How you said that a condition of a signature is met, and the link that shows it"),
        why=_("Somebody signed on that condition."),
        who=_("Whoever may read sign-offs."),
        how_long=AFTER_LEAVING,
        erased=WORDS_GO,
        words=(
            Words("governance_signaturecondition", "met_text_id", "it.met_by_id = %(user)s", at="it.met_at"),
            Words("governance_signaturecondition", "met_link_id", "it.met_by_id = %(user)s", at="it.met_at"),
        ),
    ),
    Held(
        key="questions",
        what=_("What you asked when you were not sure, and what you answered others"),
        why=_("So that you get an answer, and are not reminded while you wait for it."),
        who=_("Whoever asked, and the contact who was asked."),
        how_long=AFTER_LEAVING,
        erased=_("The words go; that something was asked and answered stays."),
        words=(
            Words("governance_question", "text_id", "it.asked_by_id = %(membership)s", at="it.asked_at"),
            Words("governance_question", "draft_id", "it.asked_by_id = %(membership)s", at="it.asked_at"),
            Words("governance_question", "answer_id", "it.answered_by_id = %(user)s", at="it.answered_at"),
        ),
    ),
)
_OURS = "the organization's text: it stays, and names people by choosing them, never by hand"
_CODES = "codes, keys and titles"
NOTHING = {
    **{
        f"governance_{table}.*": _OURS
        for table in ("routedecision", "paper", "agreement", "ownword", "dataclass", "use", "scopeline")
    },
    **{
        f"governance_{table}.*": _CODES
        for table in ("signoff", "signoffstage", "signoffparty", "decisionmove", "signature")
    },
    "governance_signoffcomment.anchor": _CODES,
    "governance_signaturecondition.text": "a condition of a signature: the organization's text, frozen with what is signed",
    "governance_question.about": _CODES,
    "governance_question.title": "the question of the checklist",
}
