"""Somebody is not sure: the contact is told, and who asked."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organization
from accounts.rights import Right
from governance.models import Question
from notifications import actions as notifications
from operations import clock


def tell_contact(question: Question, *, at: dt.datetime) -> None:
    """Somebody is not sure: the contact is told the next morning, with a link to the question."""
    if question.contact is None:
        return
    organization = question.organization
    today = clock.day_of(at, organization.timezone)
    notifications.tell(
        recipient=question.contact,
        rule="question-asked",
        needs=Right.CHECKLIST_EDIT,
        subject_key=f"question:{question.pk}",
        slot_date=today,
        title=_("%(person)s is not sure") % {"person": question.asked_by},
        body=question.title,
        link=reverse("checklists:question-answer", args=[organization.slug, question.pk]),
        at=at,
    )


# Questions whose contact has left or manages no longer: whoever stands in is told once, as the contact was.
ORPHANED = """
SELECT contact.keeper, 'question:' || question.id, (question.asked_at AT TIME ZONE %s)::date,
       %s, question.title, '', %s || question.id || '/', NULL::date
FROM (SELECT asked.contact_id, accounts_keeper(%s, asked.contact_id) AS keeper
      FROM (SELECT DISTINCT contact_id FROM governance_question
            WHERE organization_id = %s AND answered_at IS NULL) asked) contact
JOIN governance_question question ON question.organization_id = %s AND question.answered_at IS NULL
 AND question.contact_id = contact.contact_id
WHERE contact.keeper <> contact.contact_id
"""


def tell_stand_in(organization: Organization, *, at: dt.datetime) -> int:
    """Write what whoever stands in has not been told yet of questions to somebody who has gone; safe to run twice."""
    questions = reverse("checklists:question-list", args=[organization.slug])
    return notifications.tell_many(
        organization=organization,
        rule="question-asked",
        needs=Right.CHECKLIST_EDIT,
        query=ORPHANED,
        params=[organization.timezone, _("A question waits for you"), questions, *[organization.pk] * 3],
        at=at,
    )


def withdraw_question(question: Question, *, at: dt.datetime) -> None:
    """It waits for nobody any more."""
    notifications.withdraw(organization=question.organization, subject_key=f"question:{question.pk}", at=at)


def tell_asker(question: Question, *, at: dt.datetime) -> None:
    """The contact has answered, or closed it: the person who was not sure can settle it now."""
    organization = question.organization
    withdraw_question(question, at=at)
    notifications.tell(
        recipient=question.asked_by,
        rule="question-answered",
        subject_key=f"question:{question.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("Your question was closed without an answer")
        if question.is_closed
        else _("Your question was answered"),
        body=question.title,
        link=reverse("checklists:question-answer", args=[organization.slug, question.pk]),
        at=at,
    )
