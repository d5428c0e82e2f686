"""What notices and mail hold about a person: what they were told, and their name in what others were told."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held

AFTER_LEAVING = _("Until %(years)d years after you leave.")
_EMPTIED = """
UPDATE notifications_outgoingmail SET "to" = '', subject = '', text = '', html = '', headers = '{{}}',
       last_error = '', status = CASE status WHEN 'pending' THEN 'failed' ELSE status END
WHERE {of} AND (user_id = %(user)s OR lower("to") = %(address)s)
"""


def _without(column: str) -> str:
    """What others were told, without the person's name and address."""
    return f"regexp_replace({column}, %(named)s, %(label)s, 'g')"


HELD = (
    Held(
        key="notices",
        what=_("What you were told waits for you, and when"),
        why=_("So that you are told once, and nothing that is due is forgotten."),
        who=_("You alone."),
        how_long=_("Until %(years)d years after you leave; the words of old ones go before."),
        erased=_("The words go, and your name in what others were told."),
        columns=tuple(f"notifications_notice.{name}" for name in ("title", "body", "because")),
        rows="""SELECT written_at, title, body, because, due_on FROM notifications_notice
                WHERE organization_id = %(organization)s AND recipient_id = %(membership)s ORDER BY id""",
        erase=(
            """UPDATE notifications_notice SET title = '…', body = '', because = '',
                       withdrawn_at = CASE WHEN mail_id IS NULL THEN coalesce(withdrawn_at, %(at)s) END
                WHERE organization_id = %(organization)s AND recipient_id = %(membership)s""",
            f"""UPDATE notifications_notice SET title = left({_without("title")}, 300), body = {_without("body")},
                       because = {_without("because")}
                WHERE organization_id = %(organization)s AND concat_ws(' ', title, body, because) ~ %(named)s""",
        ),
        forget="""UPDATE notifications_notice it SET title = '…', body = '', because = ''
                  FROM accounts_organization organization
                  WHERE organization.id = it.organization_id AND it.title <> '…'
                    AND it.written_at + make_interval(years => organization.keep_people_for_years::int) <= %(at)s
                  RETURNING it.organization_id""",
    ),
    Held(
        key="mail",
        what=_("Mail that Wayleave sent you: to which address, about what, when; its words until it has left"),
        why=_("So that it can be seen whether a mail arrived."),
        who=_("Whoever owns, manages or audits here sees to whom and about what, never a sign-in code."),
        how_long=_("Until %(years)d years after you leave; address and words of old ones go before."),
        erased=_("Address, subject and words go; that a mail was sent stays."),
        columns=tuple(
            f"notifications_outgoingmail.{name}" for name in ("to", "subject", "text", "html", "headers", "last_error")
        ),
        rows="""SELECT created_at, sent_at, "to", subject, text FROM notifications_outgoingmail
                WHERE organization_id = %(organization)s AND user_id = %(user)s ORDER BY id""",
        erase=(
            _EMPTIED.format(of="organization_id = %(organization)s"),
            f"""UPDATE notifications_outgoingmail SET subject = left({_without("subject")}, 500),
                       text = {_without("text")}, html = {_without("html")}
                WHERE organization_id = %(organization)s AND concat_ws(' ', subject, text, html) ~ %(named)s""",
        ),
        forget="""UPDATE notifications_outgoingmail it SET "to" = '', subject = '', text = '', html = '', headers = '{}',
                         last_error = ''
                  FROM accounts_organization organization
                  WHERE organization.id = it.organization_id AND it."to" <> '' AND it.status <> 'pending'
                    AND it.created_at + make_interval(years => organization.keep_people_for_years::int) <= %(at)s
                  RETURNING it.organization_id""",
    ),
    Held(
        key="bounces",
        what=_("That mail to you came back"),
        why=_("So that nobody waits for an answer to mail that does not arrive."),
        who=_("You, and whoever owns, manages or audits here."),
        how_long=AFTER_LEAVING,
        erased=_("Goes."),
        columns=("notifications_bounce.address_sha256",),
        rows="""SELECT marked_at, cleared_at FROM notifications_bounce
                WHERE organization_id = %(organization)s AND membership_id = %(membership)s ORDER BY id""",
        erase=(
            "DELETE FROM notifications_bounce WHERE organization_id = %(organization)s AND membership_id = %(membership)s",
        ),
    ),
    Held(
        key="reminders",
        what=_("Whether you want all reminders, or only what presses"),
        why=_("So that you are told what you want to be told."),
        who=_("You alone."),
        how_long=AFTER_LEAVING,
        erased=_("Goes."),
        columns=("notifications_preference.only_pressing",),
        rows="""SELECT only_pressing, changed_at FROM notifications_preference
                WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        erase=(
            """DELETE FROM notifications_preference
               WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        ),
    ),
    Held(
        key="codes",
        what=_("Codes and links that were sent to you to sign in: when, and to which address"),
        why=_("So that you can sign in, and nobody else as you."),
        who=_("The operator of this installation sees that a mail was sent."),
        how_long=_("Until %(years)d years after you leave, in every organization on this installation."),
        erased=_("Address and words go."),
        rows="""SELECT created_at, sent_at, "to", subject FROM notifications_outgoingmail
                WHERE organization_id IS NULL AND user_id = %(user)s ORDER BY id""",
        erase=(_EMPTIED.format(of="organization_id IS NULL"),),
        is_of_user=True,
    ),
)
NOTHING = {
    "notifications_notice.rule": "which rule says so",
    "notifications_notice.subject_key": "ids",
    "notifications_notice.link": "an address of this installation: ids",
    "notifications_notice.needs": "a right",
    "notifications_outgoingmail.from_email": "the installation's own address",
    "notifications_outgoingmail.kind": "a kind",
    "notifications_outgoingmail.status": "a status",
    "notifications_outgoingmail.message_id": "chance",
}
