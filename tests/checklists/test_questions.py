"""Not sure, asked, answered: as it is committed in the running product, where no test's transaction holds things together."""

import pytest
from django.urls import reverse

from checklists import actions
from checklists.actions import Given
from checklists.models import Answer, Item
from governance.models import Question
from notifications.models import Notice
from operations import clock
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer, checklist

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_contact_answers_and_whoever_asked_is_told(decided: Company) -> None:
    actions.assign(checklist=checklist(decided, "privacy", ["Account?"]), by=decided.mara, at=EPOCH)
    unsure = Given(kind=Answer.Kind.UNSURE, text="Which account?")
    answer(decided.dev, Item.objects.get(key="account").pk, at=clock.now(), given=unsure)
    question = Question.objects.get()
    url = reverse("checklists:question-answer", args=[decided.organization.slug, question.pk])

    page = signed_in(decided.mara).post(url, {"text": "The company's."}, follow=True)

    assert "Your answer is on its way." in page.content.decode()
    told = Notice.objects.get(rule="question-answered")
    assert (told.recipient, told.withdrawn_at) == (decided.dev, None)
    assert Notice.objects.get(rule="question-asked").withdrawn_at is not None
