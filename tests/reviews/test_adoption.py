"""An adoption review: begun, its board, what is moved by hand, and what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from checklists import actions as checklists
from checklists.actions import Given
from checklists.actions.answers import render_shared
from checklists.models import AssignmentRule, Checklist, Item, UsageInquiry
from checklists.queries import proofs_of
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from reviews import actions, notices
from reviews.models import AdoptionReview, BoardDay
from reviews.queries.adoption import adoption_reviews, terms_of
from reviews.queries.board import Row
from reviews.queries.standing import standing_of
from tests.cast import Company, company, signed_in
from tests.checklists.steps import decide, route
from tests.home.steps import published, settled
from tests.plans import rows_read_by_table

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
KEYS = {"team-adoption", "corporate-checkpoints", "leaders-before-rollout"}


@pytest.fixture
def acme() -> Company:
    return company()


def begun(acme: Company, *, at: dt.datetime, days: int = 100, **words: object) -> AdoptionReview:
    said = {"name": "Claude Code", "scope": "Engineers, for our own code.", "keeper": acme.mara, **words}
    return actions.begin_adoption(by=acme.mara, target_on=clock.day_of(at, "Europe/Berlin") + days * DAY, at=at, **said)


def say(acme: Company, key: str, given: Given, *, at: dt.datetime) -> None:
    item = Item.objects.get(key=key)
    shown = render_shared(acme.mara, team=None, item_id=item.pk, at=at)
    newest = item.answers.order_by("pk").last()
    word = {"answered": newest and newest.pk, "given": given, "shown_sha256": shown.sha256}
    checklists.answer_shared(by=acme.mara, team=None, item_id=item.pk, at=at, **word)


def rows(review: AdoptionReview, *, at: dt.datetime) -> dict[str, Row]:
    keys = dict(Item.objects.values_list("pk", "key"))
    as_read = adoption_reviews(review.organization).get(pk=review.pk)
    return {keys[row.item_id]: row for row in standing_of(as_read, at=at).board.rows}


def test_beginning_brings_the_lists_together_on_one_board_planned_back_from_the_day(acme: Company) -> None:
    at = clock.now()
    today = clock.day_of(at, "Europe/Berlin")
    drafted = checklists.copy_starter(key="team-adoption", by=acme.mara, at=at)
    checklists.adopt_as_shipped(key="corporate-checkpoints", by=acme.mara, at=at)
    gateway = route("gateway", "GW1")

    review = begun(acme, at=at, routes=[gateway])

    assert set(Checklist.objects.values_list("key", flat=True)) == KEYS
    assert set(Checklist.objects.filter(versions__status="published").values_list("key", flat=True)) == KEYS
    assert AssignmentRule.objects.open().filter(team=None).count() == 3
    assert drafted.versions.get().status == "published"
    board = rows(review, at=at)
    assert len(board) == len({row.item_id for row in board.values()}) == 25
    assert next(iter(board)) == "route-decided"
    assert board["route-decided"].due_on == today + 40 * DAY
    assert board["value-measured"].due_on == today + 100 * DAY
    assert [board[key].keeper for key in ("contract-in-place", "cloud-controls", "route-decided")] == [
        "Legal",
        "Security",
        "Mara",
    ]
    with pytest.raises(ActionRefused, match="running already"):
        begun(acme, at=at)
    with pytest.raises(ActionRefused, match="lies ahead"):
        begun(company("globex"), at=at, days=0)
    with pytest.raises(ActionRefused, match="has to manage"):
        begun(acme, at=at, keeper=acme.dev)


def test_what_was_moved_by_hand_stays_when_the_day_moves_and_then_is_a_query(acme: Company) -> None:
    at = clock.now()
    today = clock.day_of(at, "Europe/Berlin")
    review = begun(acme, at=at)
    item = {key: Item.objects.get(key=key) for key in ("contract-in-place", "cloud-controls")}
    moved = {"review": review, "item": item["contract-in-place"], "by": acme.mara, "at": at + DAY}
    actions.move_item_day(**moved, due_on=today + 30 * DAY, because="Counsel is away.")
    actions.keep_item(review=review, item=item["cloud-controls"], member=acme.olga, by=acme.mara, at=at + DAY)
    terms = {"name": "Claude Code", "scope": "Engineers.", "keeper": acme.mara, "routes": []}
    actions.change_adoption(
        review=review, by=acme.mara, target_on=today + 200 * DAY, because="Budget.", at=at + 2 * DAY, **terms
    )

    first, second, third = (rows(review, at=at + days * DAY) for days in (0, 1, 2))
    assert first["contract-in-place"].due_on == today + 90 * DAY
    assert second["contract-in-place"].due_on == third["contract-in-place"].due_on == today + 30 * DAY
    assert third["route-decided"].due_on == today + 80 * DAY
    assert [board["cloud-controls"].keeper for board in (first, third)] == ["Security", "Olga"]
    assert terms_of(review, at=at + DAY).target_on == today + 100 * DAY

    refused = (
        lambda: actions.move_item_day(**moved, due_on=today, because=" "),
        lambda: actions.comment(review=review, item=item["cloud-controls"], text="", by=acme.mara, at=at),
        lambda: actions.keep_item(review=review, item=item["cloud-controls"], member=acme.dev, by=acme.mara, at=at),
        lambda: actions.comment(
            review=review,
            item=Item.objects.create(organization=acme.organization, key="x"),
            text="!",
            by=acme.mara,
            at=at,
        ),
    )
    for one in refused:
        with pytest.raises(ActionRefused):
            one()
    assert BoardDay.objects.count() == 1
    actions.end_adoption(review=review, by=acme.mara, because="Not this year.", at=at + 3 * DAY)
    with pytest.raises(ActionRefused, match="is over"):
        actions.move_item_day(**moved, due_on=None, because="Back.")
    begun(acme, at=at + 4 * DAY)


@pytest.mark.parametrize(
    ("sql", "match"),
    [
        ("UPDATE reviews_adoptionreview SET status = 'go'", "is signed"),
        ("UPDATE reviews_adoptionreview SET status = 'ended'", "newest move"),
        ("UPDATE reviews_adoptionreview SET begun_by_id = begun_by_id, begun_at = now()", "as its table says"),
        (
            "INSERT INTO reviews_adoptionreview (organization_id, status, begun_by_id, begun_at)"
            " SELECT organization_id, 'go', begun_by_id, now() FROM reviews_adoptionreview",
            "begins running",
        ),
        (
            "INSERT INTO reviews_adoptionreview (organization_id, status, begun_by_id, begun_at)"
            " SELECT organization_id, 'running', begun_by_id, now() FROM reviews_adoptionreview",
            "one_adoption_review_running",
        ),
        (
            "INSERT INTO reviews_adoptionmove (organization_id, review_id, from_status, to_status, at, by_id)"
            " SELECT organization_id, id, 'running', 'go', now(), begun_by_id FROM reviews_adoptionreview",
            "newest move",
        ),
    ],
)
def test_raw_sql_moves_no_review_past_its_table(acme: Company, sql: str, match: str) -> None:
    begun(acme, at=clock.now())
    connection.check_constraints()

    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_pages_lead_from_the_first_day_over_the_board_to_one_question(
    acme: Company, django_assert_max_num_queries
) -> None:
    at = clock.now()
    today = clock.day_of(at, "Europe/Berlin")
    decided = decide(acme, route("team-plan", "TP1"), at=at)
    client, auditor = signed_in(acme.mara), signed_in(acme.ann)
    assert "Begin an adoption review" in client.get("/o/acme/adoption/").content.decode()
    words = {"name": "Claude Code", "scope": "Engineers, for our own code.", "keeper": acme.mara.pk}
    assert "9 people are asked." in client.get("/o/acme/adoption/begin/").content.decode()
    assert "lies ahead" not in client.post("/o/acme/adoption/begin/", words | {"target_on": today}).content.decode()
    page = client.post(
        "/o/acme/adoption/begin/",
        words | {"target_on": today + 60 * DAY, "routes": [decided.route_id], "asks_use": "on"},
    )
    assert UsageInquiry.objects.get().keeper == acme.mara
    review = AdoptionReview.objects.get()
    assert page.url == f"/o/acme/adoption/{review.pk}/"
    say(acme, "contract-in-place", Given(links=["https://example.com/contract"]), at=clock.now())

    with django_assert_max_num_queries(12):
        board = client.get("/o/acme/adoption/").content.decode()
    assert "Signed: " not in board
    assert board.count('id="question-') == 25
    assert f'href="{decided.sign_off.get_absolute_url()}"' in board
    assert "1 of 1 route is decided." in board
    assert "1 piece of evidence" in board
    assert "Nothing is late. It began too lately to tell by its pace." in board

    item = Item.objects.get(key="cloud-controls")
    url = f"{page.url}questions/{item.pk}/"
    client.post(url, {"do": "comment", "text": "We asked the vendor."})
    client.post(url, {"do": "day", "due_on": today + 9 * DAY, "because": "They answer next week."})
    client.post(url, {"do": "keeper", "whom": f"group:{acme.legal.pk}"})
    assert "Why?: This field is required." in client.post(url, {"do": "day", "due_on": ""}).content.decode()
    with django_assert_max_num_queries(12):
        opened = client.get(url).content.decode()
    for said in ("We asked the vendor.", "They answer next week.", "Legal looks after it", f"{item.pk}/?next={url}"):
        assert said in opened
    answering = f"/o/acme/checklists/shared/{item.pk}/?next={url}"
    asked = client.get(answering)
    assert f'href="{url}"' in asked.content.decode()
    link = {"link": "https://example.com/controls", "reply": "given"}
    assert client.post(answering, {"shown": asked.context["shown"].sha256, "answered": "", **link}).url == url
    read = auditor.get(url).content.decode()
    assert "They answer next week." in read
    assert "Add the comment" not in read

    change = words | {"target_on": today + 90 * DAY, "because": "The works council meets later."}
    client.post(f"{page.url}change/", change)
    assert "target date moved from" in client.get(page.url).content.decode()
    client.post(f"{page.url}end/", {"because": "We wait a year."})
    over = client.get(page.url).content.decode()
    assert "We wait a year." in over
    assert "Will it hold?" not in over
    assert AdoptionReview.objects.get().status == "ended"


def test_keepers_are_reminded_of_what_is_due_until_it_is_settled(acme: Company) -> None:
    at = clock.now()
    review = begun(acme, at=at, days=50)
    assert notices.tell_due(acme.organization, at=at) == 0
    late = at + 60 * DAY

    notices.tell_due(acme.organization, at=late)
    told = Notice.objects.filter(rule="board-due", withdrawn_at=None)
    assert told.count() == 25
    assert notices.tell_due(acme.organization, at=late) == 0
    contract = told.get(link__endswith=f"/questions/{Item.objects.get(key='contract-in-place').pk}/")
    assert (contract.recipient, contract.body) == (acme.mara, "Waits for Legal.")

    say(acme, "contract-in-place", Given(links=["https://example.com/contract"]), at=late)
    notices.tell_due(acme.organization, at=late)
    assert told.count() == 24
    terms = {name: getattr(review.terms.get(), name) for name in ("name", "scope", "target_on")}
    handed = {"review": review, "keeper": acme.olga, "routes": [], "because": "I am away.", "by": acme.mara}
    actions.change_adoption(**handed, **terms, at=late)
    assert told.count() == 0
    notices.tell_due(acme.organization, at=late)
    assert {notice.recipient for notice in told.all()} == {acme.olga}
    actions.end_adoption(review=review, by=acme.mara, because="Over.", at=late)
    assert told.count() == 0


def test_the_managers_home_is_the_running_review(acme: Company, django_assert_num_queries) -> None:
    at = clock.now()
    decide(acme, route("team-plan", "TP1"), at=at)
    asked = published(acme, "privacy")
    settled(acme)
    olga, mara = signed_in(acme.olga), signed_in(acme.mara)
    assert asked.pk
    assert olga.get("/o/acme/").context["home"].adoption is None

    review = begun(acme, at=at, days=50, keeper=acme.olga)
    asking = {"due_on": clock.day_of(at, "Europe/Berlin"), "by": acme.mara, "at": at}
    with pytest.raises(ActionRefused, match="Olga keeps the adoption review that runs"):
        checklists.ask_what_is_used(keeper=acme.mara, **asking)
    assert str(mara.get("/o/acme/progress/usage/ask/").context["form"]["keeper"]).count("<option") == 1
    with django_assert_num_queries(10):
        page = mara.get("/o/acme/")
    home, text = page.context["home"], page.content.decode()
    assert home.headline.title == "Claude Code: 3 of 25 settled"
    assert home.headline.url.startswith(f"/o/acme/adoption/{review.pk}/questions/")
    assert mara.get(home.headline.url).status_code == 200
    assert "The date can hold" in text
    assert f'<a href="/o/acme/people/{acme.olga.pk}/">Olga</a>: ' in text
    assert "Legal: 3 questions; next:" in text
    assert "adoption" not in signed_in(acme.dev).get("/o/acme/").content.decode()


def test_a_board_that_is_over_reads_nobodys_history(acme: Company) -> None:
    at = clock.now() - DAY
    decide(acme, route("team-plan", "TP1"), at=at - 9 * DAY)
    published(acme, "privacy")
    review = begun(acme, at=at - DAY)
    before = proofs_of(acme.organization, at=at)["people-cleared"]
    assert before.total > 0
    actions.end_adoption(review=review, by=acme.mara, because="Over.", at=at)

    with rows_read_by_table() as read:
        assert proofs_of(acme.organization, at=at)["people-cleared"] == before
        rows(review, at=clock.now())

    assert "accounts_placement" not in read
    with rows_read_by_table() as read:
        proofs_of(acme.organization, at=at - DAY)
    assert read["accounts_placement"] >= before.total
