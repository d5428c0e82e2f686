"""Pages of checklists: what each shows, whom it lets in, what it costs."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.queries import standing_of, with_standing
from checklists import actions
from checklists.models import (
    Answer,
    AnswerDraft,
    Assignment,
    Evidence,
    SettleRequest,
)
from governance.models import Question
from operations import clock
from tests.cast import EPOCH, company, signed_in
from tests.checklists.steps import answer, answer_everything, checklist, item, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_my_list_costs_the_same_for_one_question_and_for_three(decided, django_assert_num_queries, count) -> None:
    made = checklist(decided, "privacy", ["One?", "Two?", "Three?"][:count])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.dev)

    with django_assert_num_queries(8):
        page = client.get(url(decided, "my-list/"))

    assert page.content.decode().count("task-link") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_question_costs_the_same_in_a_list_of_one_and_of_three(decided, django_assert_num_queries, count) -> None:
    made = checklist(decided, "privacy", ["One?", "Two?", "Three?"][:count], shows=["contacts"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.dev)

    with django_assert_num_queries(9):
        page = client.get(url(decided, f"my-list/{item('one').pk}/"))

    assert "Mara" in page.content.decode()


def test_a_question_shows_a_route_in_its_line_which_is_no_part_of_what_is_answered(decided, privacy) -> None:
    page = signed_in(decided.dev).get(url(decided, f"my-list/{item('account').pk}/"))

    assert page.content.decode().count("route-chip line-1") == 3
    assert "line" not in page.context["shown"].content["routes"][0]


def test_the_answer_button_saves_and_goes_on(decided, privacy) -> None:
    client = signed_in(decided.dev)
    first = client.get(url(decided, f"my-list/{item('account').pk}/"))

    second = client.post(first.request["PATH_INFO"], {"shown": first.context["shown"].sha256, "reply": "yes"})
    assert second.url == url(decided, f"my-list/{item('rules').pk}/")

    shown = client.get(second.url).context["shown"]
    last = client.post(second.url, {"shown": shown.sha256, "reply": "yes"})
    assert last.url == url(decided, "my-list/")
    assert "2 of 2 completed" in client.get(last.url).content.decode()


def test_a_question_that_changed_meanwhile_comes_back_with_the_difference(decided, privacy) -> None:
    client = signed_in(decided.dev)
    path = url(decided, f"my-list/{item('account').pk}/")
    shown = client.get(path).context["shown"]
    answer(decided.mia, item("account").pk, at=clock.now())  # keeps the snapshot that dev sees, too
    draft = actions.begin_draft(checklist=privacy, by=decided.mara, at=clock.now())
    actions.edit_item(
        listed=draft.listed_items.get(item__key="account"), by=decided.mara, at=clock.now(), why="Quite another reason."
    )
    actions.publish(version=draft, by=decided.mara, at=clock.now(), editorial={item("account").pk})

    page = client.post(path, {"shown": shown.sha256, "reply": "yes"})

    text = page.content.decode()
    assert "Nothing was saved" in text
    assert "Quite another reason." in text
    assert "It matters.</del>" in text
    assert not Answer.objects.filter(membership=decided.dev).exists()


def test_i_am_not_sure_reaches_the_contact_who_answers(decided, privacy) -> None:
    client = signed_in(decided.dev)
    path = url(decided, f"my-list/{item('account').pk}/")
    shown = client.get(path).context["shown"]
    client.post(path, {"shown": shown.sha256, "reply": "unsure", "reason": "Which one?"})
    question = Question.objects.get()

    contact = signed_in(decided.mara)
    assert "Account?" in contact.get(url(decided, "questions/")).content.decode()
    contact.post(url(decided, f"questions/{question.pk}/"), {"text": "The blue one."})

    assert "The blue one." in client.get(path).content.decode()
    assert signed_in(decided.sal).get(url(decided, f"questions/{question.pk}/")).status_code == 403


@pytest.mark.parametrize(("days", "word"), [(3, "To do"), (30, "Overdue")])
def test_a_task_says_that_it_is_overdue_and_that_it_needs_a_computer(decided, move_clock, days, word) -> None:
    made = checklist(decided, "engineering", ["Settings?"], at=clock.now(), needs_computer=True)
    actions.assign(checklist=made, by=decided.mara, at=clock.now())
    move_clock(days=days)

    page = signed_in(decided.dev).get(url(decided, "my-list/")).content.decode()

    assert "Needs a computer · due" in page
    assert page.count(word) == 1


@pytest.mark.parametrize(("days", "word"), [(3, "To do"), (30, "Overdue")])
def test_a_shared_question_says_that_it_is_overdue(decided, move_clock, days, word) -> None:
    made = checklist(decided, "leaders", ["Who decides?"], at=clock.now(), kind="shared")
    actions.assign(checklist=made, by=decided.mara, at=clock.now())
    move_clock(days=days)

    assert signed_in(decided.mara).get(url(decided, "checklists/shared/")).content.decode().count(word) == 1


def test_a_draft_is_kept_for_its_writer_only_and_goes_with_the_answer(decided) -> None:
    made = checklist(decided, "text", ["What do you use?"], answer_kind="text")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.dev)
    path = url(decided, f"my-list/{item('what-do-you-use').pk}/")
    shown = client.get(path).context["shown"]
    client.post(path, {"shown": shown.sha256, "reply": "draft", "text": "half a sent"})

    assert "half a sent" in client.get(path).content.decode()
    client.post(path, {"shown": shown.sha256, "reply": "save", "text": "half a sentence"})
    assert not AnswerDraft.objects.exists()
    assert Answer.objects.get().text.body == "half a sentence"


def test_an_answer_that_answers_nothing_comes_back_with_what_was_typed(decided) -> None:
    made = checklist(decided, "text", ["When?"], answer_kind="date")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.dev)
    path = url(decided, f"my-list/{item('when').pk}/")
    shown = client.get(path).context["shown"]

    page = client.post(path, {"shown": shown.sha256, "reply": "save", "reason": "keep me"})

    assert "Write the day" in page.content.decode()
    assert "keep me" in page.content.decode()
    assert not Answer.objects.exists()


def test_evidence_is_kept_under_the_organization_and_opened_by_its_giver_and_the_auditor_only(
    decided, settings, tmp_path
) -> None:
    made = checklist(decided, "proof", ["Show it?"], answer_kind="evidence")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.dev)
    path = url(decided, f"my-list/{item('show-it').pk}/")
    shown = client.get(path).context["shown"]
    file = SimpleUploadedFile("../off.txt", b"<script>alert(1)</script>", content_type="text/html")

    client.post(path, {"shown": shown.sha256, "reply": "save", "uploads": [file]})

    evidence = Evidence.objects.get()
    assert evidence.file.name.startswith(f"{decided.organization.pk}/evidence/")
    response = client.get(url(decided, f"evidence/{evidence.pk}/"))
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert signed_in(decided.mia).get(url(decided, f"evidence/{evidence.pk}/")).status_code == 403
    assert signed_in(decided.ann).get(url(decided, f"evidence/{evidence.pk}/")).status_code == 200


def test_a_file_that_is_too_large_or_empty_is_refused_and_nothing_is_saved(decided) -> None:
    made = checklist(decided, "proof", ["Show it?"], answer_kind="evidence")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.dev)
    path = url(decided, f"my-list/{item('show-it').pk}/")
    shown = client.get(path).context["shown"]

    large = SimpleUploadedFile("large.bin", b"x" * (10 * 1024 * 1024 + 1))
    page = client.post(path, {"shown": shown.sha256, "reply": "save", "uploads": [large]})

    assert "is larger than 10 MB" in page.content.decode()
    assert not Answer.objects.exists()


def test_the_summary_shows_what_i_said(decided, privacy) -> None:
    answer_everything(decided.dev, at=clock.now())

    page = signed_in(decided.dev).get(url(decided, "my-list/summary/")).content.decode()

    assert "Account?" in page
    assert "valid until" in page


@pytest.mark.parametrize("people", [1, 3])
def test_progress_costs_the_same_for_one_person_and_for_three(
    decided, privacy, django_assert_num_queries, people
) -> None:
    members = [decided.dev, decided.mia, decided.sal][:people]
    actions.settle_people(organization=decided.organization, members=[one.pk for one in members], at=clock.now())
    client = signed_in(decided.mara)

    with django_assert_num_queries(11):
        page = client.get(url(decided, "progress/"))

    assert len(page.context["page"].rows) == people


@pytest.mark.parametrize("page", ["progress/", "checklists/"])
def test_a_page_of_counts_says_whether_everything_is_counted(decided, privacy, page) -> None:
    client = signed_in(decided.mara)
    SettleRequest.objects.create(organization=decided.organization, requested_at=EPOCH)

    assert "later changes are being counted" in client.get(url(decided, page)).content.decode()

    SettleRequest.objects.filter(organization=decided.organization).delete()

    assert "Counted up to this moment" in client.get(url(decided, page)).content.decode()


def test_a_lead_sees_the_own_team_only(decided, privacy) -> None:
    everybody = [one.pk for one in decided.organization.memberships.all()]
    actions.settle_people(organization=decided.organization, members=everybody, at=clock.now())

    page = signed_in(decided.tom).get(url(decided, "progress/"))

    assert {row.membership_id for row in page.context["page"].rows} == {decided.tom.pk, decided.dev.pk, decided.mia.pk}
    assert "Still open" in page.content.decode()  # “0 of 8” of somebody who is done reads as nothing done
    assert signed_in(decided.dev).get(url(decided, "progress/")).status_code == 403


def test_people_without_a_team_are_counted_and_listed(decided, privacy) -> None:
    everybody = [one.pk for one in decided.organization.memberships.all()]
    actions.settle_people(organization=decided.organization, members=everybody, at=clock.now())
    members = with_standing(decided.organization.memberships.all())
    teamless = {one.pk for one in members if not standing_of(one).team_id and standing_of(one).level}
    home = signed_in(decided.mara).get(f"/o/{decided.organization.slug}/").content.decode()

    page = signed_in(decided.mara).get(url(decided, "progress/?team=none"))

    assert url(decided, "progress/") + "?team=none" in home
    assert "No team: 0 of" in page.content.decode()
    assert {row.membership_id for row in page.context["page"].rows} == teamless
    of_a_lead = signed_in(decided.tom).get(url(decided, "progress/?team=none"))
    assert "No team" not in of_a_lead.content.decode()


def test_overdue_is_a_filter_and_a_count(decided, privacy) -> None:
    actions.settle_people(organization=decided.organization, members=[decided.dev.pk, decided.sal.pk], at=clock.now())
    answer_everything(decided.sal, at=clock.now())
    client = signed_in(decided.mara)

    page = client.get(url(decided, "progress/?status=overdue"))

    assert [row.membership_id for row in page.context["page"].rows] == [decided.dev.pk]
    listed = client.get(url(decided, "checklists/")).context["rows"][0]["counts"]
    assert (listed.done, listed.open, listed.overdue) == (1, 1, 1)


def test_shared_questions_are_answered_once(decided) -> None:
    made = checklist(decided, "leaders", ["Who decides?"], kind="shared", answer_kind="text")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    actions.assign(checklist=made, team=decided.sales, by=decided.mara, at=EPOCH)
    client = signed_in(decided.mara)
    page = client.get(url(decided, "checklists/shared/")).content.decode()
    assert page.count("Who decides?") == 2

    for path in (
        f"checklists/shared/{item('who-decides').pk}/",
        f"checklists/shared/{item('who-decides').pk}/team/{decided.sales.pk}/",
    ):
        shown = client.get(url(decided, path)).context["shown"]
        client.post(url(decided, path), {"shown": shown.sha256, "reply": "save", "text": "The board."})

    assert Answer.objects.filter(membership=None).count() == 2
    assert signed_in(decided.dev).get(url(decided, "checklists/shared/")).status_code == 403


def test_pages_of_another_organization_are_not_there(decided, privacy) -> None:
    other = company("globex")
    answer_everything(decided.dev, at=clock.now())
    client = signed_in(other.olga)

    assert client.get(url(decided, "my-list/")).status_code == 404
    assert client.get(url(other, f"checklists/{privacy.pk}/")).status_code == 404
    assert client.get(url(other, f"my-list/{item('account').pk}/")).status_code == 404


def test_due_days_count_from_when_it_is_first_asked(decided, privacy) -> None:
    actions.settle_people(organization=decided.organization, members=[decided.dev.pk], at=clock.now())

    assert Assignment.objects.get().due_on == EPOCH.date() + dt.timedelta(days=14)
