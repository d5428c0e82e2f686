"""What checklists hold about a person: what they answered, showed, half typed, and said they use."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held, Words

AFTER_LEAVING = _("Until %(years)d years after you leave.")
_UPLOADS = "checklists_upload it WHERE it.organization_id = %(organization)s AND it.membership_id = %(membership)s"
_OWN_FILES = """checklists_evidence it JOIN checklists_answer answer ON answer.id = it.answer_id
                WHERE it.organization_id = %(organization)s AND it.added_by_id = %(user)s"""
# A picture is one per organization and content (operations/previews.py): it goes with the last row that has it. What a person
# has both waiting and handed in goes in two steps, evidence first.
_PICTURE = "it.organization_id || '/previews/' || left(it.sha256, 2) || '/' || it.sha256"
_SAME_PICTURE = "other.organization_id = it.organization_id AND other.sha256 = it.sha256 AND other.has_preview"

HELD = (
    Held(
        key="answers",
        what=_("What you answered on your list and for others: which question, what, when, in which words"),
        why=_("It shows that you know the rules of what you use, and what you were shown when you answered."),
        who=_("You, whoever looks after the checklists, and auditors. Your lead sees what is open, not what you said."),
        how_long=_("Your words until %(years)d years after you leave; that you answered, for good."),
        erased=_("The words go; that it was answered, and when, stays."),
        rows="""SELECT it.at, revision.question, it.kind, it.value, typed.body AS words FROM checklists_answer it
                JOIN checklists_itemrevision revision ON revision.id = it.revision_id
                LEFT JOIN audit_freetext typed ON typed.id = it.text_id
                WHERE it.organization_id = %(organization)s AND it.by_id = %(user)s ORDER BY it.id""",
        words=(Words("checklists_answer", "text_id", "it.by_id = %(user)s"),),
        columns=("checklists_answer.value", "checklists_answer.kind"),
    ),
    Held(
        key="evidence",
        what=_("Files and links that you handed in with an answer"),
        why=_("They show what you said."),
        who=_("You, whoever looks after the checklists, and auditors."),
        how_long=AFTER_LEAVING,
        erased=_(
            "Your own go, with their names; of what you showed for the organization only the name of the file goes."
        ),
        columns=tuple(f"checklists_evidence.{name}" for name in ("name", "link", "file")),
        rows=f"SELECT it.added_at, it.name, it.link, it.size, it.effective_on FROM {_OWN_FILES}",
        files=f"SELECT it.file, it.id || '-' || it.name FROM {_OWN_FILES} AND it.file <> ''",
        # A file that was given again is one file for several answers: it stays while another one that stays names it.
        removes=f"""SELECT DISTINCT it.file FROM {_OWN_FILES} AND answer.membership_id = %(membership)s AND it.file <> ''
                    AND NOT EXISTS (
                        SELECT FROM checklists_evidence other JOIN checklists_answer its ON its.id = other.answer_id
                        WHERE other.organization_id = it.organization_id AND other.file = it.file
                          AND (other.added_by_id <> %(user)s OR its.membership_id IS DISTINCT FROM %(membership)s))
                    UNION SELECT {_PICTURE} FROM {_OWN_FILES} AND answer.membership_id = %(membership)s AND it.has_preview
                    AND NOT EXISTS (
                        SELECT FROM checklists_evidence other JOIN checklists_answer its ON its.id = other.answer_id
                        WHERE {_SAME_PICTURE}
                          AND (other.added_by_id <> %(user)s OR its.membership_id IS DISTINCT FROM %(membership)s))
                    AND NOT EXISTS (SELECT FROM checklists_upload other WHERE {_SAME_PICTURE})""",
        erase=(
            """UPDATE checklists_evidence it SET erased_at = %(at)s, name = '',
                      link = CASE WHEN answer.membership_id = %(membership)s THEN '' ELSE it.link END,
                      has_preview = it.has_preview AND answer.membership_id IS DISTINCT FROM %(membership)s,
                      file = CASE WHEN answer.membership_id = %(membership)s THEN '' ELSE it.file END
               FROM checklists_answer answer
               WHERE answer.id = it.answer_id AND it.organization_id = %(organization)s AND it.added_by_id = %(user)s
                 AND it.erased_at IS NULL""",
        ),
    ),
    Held(
        key="uploads",
        what=_(
            "Files that you chose for an answer and have not given yet, or that were held back, and why one was released"
        ),
        why=_("So that nothing is lost until you answer, and nobody opens what is not what it says it is."),
        who=_("You; what was held back, whoever looks after the checklists too."),
        how_long=_("Thirty days; the name of what was held back until %(years)d years after you leave."),
        erased=_("The files and their names go; that one was held back stays."),
        columns=tuple(f"checklists_upload.{name}" for name in ("name", "link", "file")),
        words=(Words("checklists_upload", "reason_id", "it.released_by_id = %(user)s", at="it.released_at"),),
        rows=f"SELECT it.added_at, it.name, it.size FROM {_UPLOADS}",
        files=f"SELECT it.file, it.id || '-' || it.name FROM {_UPLOADS} AND it.file <> '' AND it.trouble = ''",
        removes=f"""SELECT it.file FROM {_UPLOADS} AND it.file <> '' AND NOT EXISTS (
                        SELECT FROM checklists_evidence other
                        WHERE other.organization_id = it.organization_id AND other.file = it.file)
                    UNION SELECT {_PICTURE} FROM {_UPLOADS} AND it.has_preview
                    AND NOT EXISTS (SELECT FROM checklists_evidence other WHERE {_SAME_PICTURE})
                    AND NOT EXISTS (SELECT FROM checklists_upload other
                                    WHERE {_SAME_PICTURE} AND other.membership_id <> %(membership)s)""",
        erase=(
            f"DELETE FROM {_UPLOADS} AND it.trouble = ''",
            """UPDATE checklists_upload SET name = '', file = '', has_preview = false,
                      discarded_at = coalesce(discarded_at, %(at)s)
               WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        ),
    ),
    Held(
        key="asked-for",
        what=_("Why you asked somebody a checklist by name"),
        why=_("Whoever is asked reads it."),
        who=_("Whoever was asked, and whoever looks after the checklists."),
        how_long=AFTER_LEAVING,
        erased=_("The words go; that it was asked stays."),
        words=(Words("checklists_assignmentrule", "reason_id", "it.started_by_id = %(user)s", at="it.started_at"),),
    ),
    Held(
        key="drafts",
        what=_("What you have begun to type and not yet sent"),
        why=_("So that nothing is lost when you come back."),
        who=_("You alone."),
        how_long=_("Until you answer."),
        erased=_("Goes."),
        columns=("checklists_answerdraft.data",),
        rows="""SELECT saved_at, data FROM checklists_answerdraft
                WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        erase=(
            """DELETE FROM checklists_answerdraft
               WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        ),
    ),
    Held(
        key="used",
        what=_("What you said you use, with which account, and what for"),
        why=_("So that the organization decides about what is really used."),
        who=_("The one person named above the question; everybody else sees counts of five or more."),
        how_long=_(
            "Names of tools that you typed until %(years)d years after you leave; the rest for good, as a number."
        ),
        erased=_("What you typed goes; what you chose from the list stays without your name."),
        rows="""SELECT report.at, coalesce(tool.name, typed.body) AS tool, it.account, it.purposes FROM checklists_usedtool it
                JOIN checklists_usagereport report ON report.id = it.report_id
                LEFT JOIN catalog_tool tool ON tool.id = it.tool_id LEFT JOIN audit_freetext typed ON typed.id = it.name_id
                WHERE it.organization_id = %(organization)s AND report.membership_id = %(membership)s""",
        words=(
            Words(
                "checklists_usedtool",
                "name_id",
                "it.report_id IN (SELECT id FROM checklists_usagereport WHERE membership_id = %(membership)s)",
                at="NULL::timestamptz",
            ),
        ),
        columns=("checklists_usedtool.account", "checklists_usedtool.purposes"),
    ),
    Held(
        key="asked",
        what=_("What you are asked, whether it is done, and for what you are cleared"),
        why=_("So that you know what is open, and others that you may use a tool."),
        who=_("You, your lead, and whoever owns, manages or audits here."),
        how_long=_("For good, as a number."),
        erased=_("Stays, without the name."),
        rows="""SELECT it.asked_on, checklist.name AS checklist, it.status, it.reason, it.due_on
                FROM checklists_assignment it JOIN checklists_checklist checklist ON checklist.id = it.checklist_id
                WHERE it.organization_id = %(organization)s AND it.membership_id = %(membership)s""",
        columns=("checklists_assignment.status", "checklists_assignment.reason"),
    ),
)
_OURS = "the organization's own words"
_COUNTS = "counts, never fewer than five"
NOTHING = {
    **{
        f"checklists_{table}.*": _OURS
        for table in ("checklist", "checklistversion", "item", "itemrevision", "listeditem")
    },
    **{f"checklists_{table}.*": _COUNTS for table in ("usagecell", "readinesscell", "readinessdelta")},
    **{f"checklists_{table}.content_type": "a kind of file" for table in ("evidence", "upload")},
    "checklists_upload.looks_like": "a kind of file",
    "checklists_upload.sha256": "a digest: the log holds it",
    "checklists_evidence.sha256": "a digest: the log holds it",
}
