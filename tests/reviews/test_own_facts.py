"""What an organization says itself: with its source, and judged where somebody relied on what stood there before."""

import datetime as dt

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from audit.models import AuditEvent, Reopening
from catalog import actions as catalog
from catalog.models import AccessRoute, Fact, PolicySource
from checklists import actions as checklists
from governance.models import RouteDecision
from governance.queries.decisions import needs_reverification
from operations import clock
from operations.errors import ActionRefused
from reviews import actions, queries
from reviews.models import ChangeAssessment
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists import steps
from tests.checklists.steps import LATER
from tests.factories import make_topic

pytestmark = pytest.mark.django_db
TYPED = {
    "statement": "Kept for 90 days, says our contract.",
    "state": "known",
    "promise": "contract",
    "as_of": "2026-03-01",
    "source_title": "Order form 7",
    "source_url": "https://acme.example/order-form-7",
}


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where one route of which the vendor says how long it keeps things is allowed, and another one beside it."""
    made = company()
    make_topic("retention")
    for key, code in (("team-plan", "TP1"), ("cloud", "CLD")):
        words = {"topic_id": "retention", "promise": "contract", "digest": key, "recorded_at": EPOCH}
        Fact.objects.create(route=steps.route(key, code), key=f"{key}.retention", statement="Kept 30 days.", **words)
        steps.decide(made, route(key))
    return made


def route(key: str) -> AccessRoute:
    return AccessRoute.objects.get(key=key)


def path(acme: Company, rest: str) -> str:
    return f"/o/{acme.organization.slug}/{rest}"


def address(acme: Company, key: str, *, over: bool = True) -> str:
    query = f"?over={Fact.objects.standing().filter(key=f'{key}.retention').latest('pk').pk}" if over else ""
    return path(acme, f"routes/{route(key).pk}/facts/add/{query}")


def ask_about_retention(acme: Company) -> None:
    """Engineers are asked something that rests on retention, everybody something that rests on nothing; all say yes."""
    rests = steps.checklist(acme, "engineering", ["Transcripts?"], rests_on_topics=["retention"])
    checklists.assign(checklist=rests, job_role=acme.engineer, by=acme.mara, at=EPOCH)
    free = steps.checklist(acme, "privacy", ["Account?"])
    checklists.assign(checklist=free, by=acme.mara, at=EPOCH)
    for membership in (acme.tom, acme.dev, acme.mia, acme.sal):
        steps.answer_everything(membership, at=LATER)


def reasons(acme: Company) -> dict[str, dict[str, str]]:
    people = {"dev": acme.dev, "mia": acme.mia, "sal": acme.sal}
    return {name: steps.reasons(membership, at=clock.now()) for name, membership in people.items()}


def test_a_fact_of_our_own_is_shown_with_its_source_and_nowhere_else(acme) -> None:
    mara, other = signed_in(acme.mara), company("globex")

    mara.post(address(acme, "cloud"), TYPED)

    ours = mara.get(path(acme, f"routes/{route('cloud').pk}/"))
    assertContains(ours, "Kept for 90 days, says our contract.")
    assertContains(ours, '<a href="https://acme.example/order-form-7" rel="noreferrer">Order form 7</a>', html=True)
    assertContains(ours, "1 Mar 2026")
    assertNotContains(ours, "Kept 30 days.")
    theirs = signed_in(other.dev).get(path(other, f"routes/{route('cloud').pk}/"))
    assertContains(theirs, "Kept 30 days.")
    assertNotContains(theirs, "Order form 7")


def test_the_same_source_is_kept_once_and_logged_once(acme) -> None:
    mara = signed_in(acme.mara)

    mara.post(address(acme, "cloud"), TYPED)
    mara.post(address(acme, "team-plan"), TYPED)

    assert PolicySource.objects.get(organization=acme.organization).citations.count() == 2
    assert AuditEvent.objects.filter(action="source.added").count() == 1


def test_something_known_names_its_source_and_something_unknown_needs_none(acme) -> None:
    mara = signed_in(acme.mara)

    refused = mara.post(address(acme, "cloud"), {**TYPED, "source_title": ""})
    assertContains(refused, "Name the paper, page or person")
    assertContains(refused, "Kept for 90 days, says our contract.")
    mara.post(address(acme, "cloud"), {**TYPED, "source_title": "", "state": "unknown"})

    assert Fact.objects.get(organization=acme.organization, key__endswith=".retention").state == Fact.State.UNKNOWN


def test_a_fact_that_stands_alone_asks_for_no_judgement(acme) -> None:
    mara = signed_in(acme.mara)

    done = mara.post(address(acme, "cloud", over=False), {**TYPED, "topic": "retention"})

    assertRedirects(done, path(acme, f"routes/{route('cloud').pk}/"))
    assert not ChangeAssessment.objects.exists()


def test_over_a_fact_that_nobody_relies_on_there_is_nothing_to_judge(acme) -> None:
    beside = steps.route("api", "API1")
    words = {"topic_id": "retention", "promise": "contract", "digest": "api", "recorded_at": EPOCH}
    Fact.objects.create(route=beside, key="api.retention", statement="Kept 30 days.", **words)

    done = signed_in(acme.mara).post(address(acme, "api"), TYPED)

    assertRedirects(done, path(acme, f"routes/{beside.pk}/"))
    assert not ChangeAssessment.objects.exists()


def test_a_material_change_asks_exactly_those_again_who_relied_on_it(acme) -> None:
    ask_about_retention(acme)
    mara = signed_in(acme.mara)

    form = mara.get(address(acme, "team-plan"))
    assertContains(form, "Somebody relies on what stands there now")
    judging = mara.post(address(acme, "team-plan"), TYPED, follow=True)
    here = judging.request["PATH_INFO"]
    assert here == path(acme, f"reviews/changes/{ChangeAssessment.objects.get().pk}/")
    assertContains(judging, "3 people who have answered")
    assertContains(judging, "1 decision to sign anew")
    assertContains(judging, "Transcripts?")
    assertNotContains(judging, "Account?")
    assert not Reopening.objects.exists()
    assert set(reasons(acme)["dev"].values()) == {""}

    refused = mara.post(here, {"verdict": "material", "because": "", "due_on": "2099-01-31"})
    assert refused.status_code == 200
    assert not Reopening.objects.exists()
    done = mara.post(
        here, {"verdict": "material", "because": "Three times as long.", "due_on": "2099-01-31"}, follow=True
    )

    assert reasons(acme) == {
        "dev": {"Transcripts?": "reopened", "Account?": ""},
        "mia": {"Transcripts?": "reopened", "Account?": ""},
        "sal": {"Account?": ""},
    }
    doubtful = needs_reverification(acme.organization, at=clock.now())
    assert [decision.route.key for decision in doubtful] == ["team-plan"]
    assertContains(done, "Still to be said anew")
    assertContains(done, path(acme, f"routes/{route('team-plan').pk}/propose/"))
    again = signed_in(acme.dev).get(path(acme, "my-list/"))
    assertContains(again, "We say something else now about “Retention”")


def test_who_has_looked_again_is_no_longer_listed(acme) -> None:
    ask_about_retention(acme)
    mara = signed_in(acme.mara)
    mara.post(address(acme, "team-plan"), TYPED)
    here = path(acme, f"reviews/changes/{ChangeAssessment.objects.get().pk}/")
    mara.post(here, {"verdict": "material", "because": "Longer.", "due_on": "2099-01-31"})

    steps.answer_everything(acme.dev, at=clock.now())

    assertContains(mara.get(here), "2 people who have answered")


def test_an_editorial_change_asks_nobody_again(acme) -> None:
    ask_about_retention(acme)
    mara = signed_in(acme.mara)

    mara.post(address(acme, "team-plan"), TYPED)
    here = path(acme, f"reviews/changes/{ChangeAssessment.objects.get().pk}/")
    done = mara.post(here, {"verdict": "editorial", "because": "Only our own words for it."}, follow=True)

    assertContains(done, "Only our own words for it.")
    assert not Reopening.objects.exists()
    assert set(reasons(acme)["dev"].values()) == {""}


def test_the_log_keeps_no_word_of_the_name_of_our_own_route_whose_fact_changes(acme) -> None:
    words = {"tool": route("cloud").tool, "tier": "commercial", "surface": "chat", "at": EPOCH}
    own = catalog.add_route(by=acme.mara, name="Project Nightjar", short_code="PNJ", **words)
    said = {"topic": "retention", "promise": "own", "at": EPOCH}
    fact = catalog.add_fact(by=acme.mara, route=own, statement="Kept 30 days.", **said)
    steps.decide(acme, own)

    change = actions.add_own_fact(by=acme.mara, over=fact, statement="Kept 90 days.", **said)
    judged = {"verdict": "material", "because": "Longer.", "due_on": EPOCH.date()}
    actions.judge(assessment=change, by=acme.mara, at=clock.now(), **judged)

    logged = AuditEvent.objects.filter(action__in=["assessment.opened", "reopening.made"])
    assert logged.count() == 2
    assert all("nightjar" not in str(event.data) + event.target for event in AuditEvent.objects.all())


def test_superseding_our_own_fact_is_judged_by_what_was_seen_last(acme) -> None:
    mara = signed_in(acme.mara)
    mara.post(address(acme, "team-plan"), TYPED)
    first = ChangeAssessment.objects.get()
    words = {"verdict": "material", "because": "Longer.", "due_on": dt.date(2027, 1, 31)}
    actions.judge(assessment=first, by=acme.mara, at=clock.now(), **words)
    steps.decide(acme, route("team-plan"), at=clock.now())

    mara.post(address(acme, "team-plan"), {**TYPED, "statement": "Kept for 60 days after all."})

    second = ChangeAssessment.objects.latest("pk")
    assert second.old_revision == first.new_revision
    affected = queries.affected_by_change(second, at=clock.now())
    assert [decision.status for decision in affected.decisions] == [RouteDecision.Status.APPROVED]


def test_what_was_reopened_before_and_who_has_left_are_not_counted(acme) -> None:
    ask_about_retention(acme)
    period = acme.mia.access_periods.get()
    period.ended_at = clock.now()
    period.save(update_fields=["ended_at"])
    shipped = Fact.objects.get(key="team-plan.retention")
    before = queries.affected_by_replacing(shipped, acme.organization, at=clock.now())

    signed_in(acme.mara).post(address(acme, "team-plan"), TYPED)
    words = {"verdict": "material", "because": "Longer.", "due_on": dt.date(2027, 1, 31)}
    actions.judge(assessment=ChangeAssessment.objects.get(), by=acme.mara, at=clock.now(), **words)
    after = queries.affected_by_replacing(shipped, acme.organization, at=clock.now())

    assert (before.people, len(before.decisions)) == (2, 1)
    assert (after.people, after.decisions, after.items) == (0, [], [])


def test_a_fact_that_was_replaced_meanwhile_is_refused_and_nothing_is_left_behind(acme) -> None:
    shipped = Fact.objects.get(key="team-plan.retention")
    words = {"topic": "retention", "statement": "Ours.", "promise": "own", "by": acme.mara}
    actions.add_own_fact(over=shipped, at=clock.now(), **words)

    with pytest.raises(ActionRefused):
        actions.add_own_fact(over=shipped, at=clock.now(), source_title="A letter", **words)

    assert not PolicySource.objects.exists()
    assert ChangeAssessment.objects.count() == 1


def test_a_change_to_judge_waits_for_its_keeper_in_words(acme) -> None:
    mara = signed_in(acme.mara)
    mara.post(address(acme, "team-plan"), TYPED)

    page = mara.get(path(acme, "reviews/"))

    assertContains(page, "Retention: Team-Plan")
    assert {str(entry["label"]): entry["count"] for entry in page.context["navigation"]}["Reviews"] == 1


def test_an_auditor_reads_a_change_and_its_verdict_and_judges_nothing(acme) -> None:
    mara, ann = signed_in(acme.mara), signed_in(acme.ann)
    mara.post(address(acme, "team-plan"), TYPED)
    here = path(acme, f"reviews/changes/{ChangeAssessment.objects.get().pk}/")
    verdict = {"verdict": "editorial", "because": "Only our own words."}

    assertContains(ann.get(here), "Whoever runs the roll-out judges it.")
    assertNotContains(ann.get(here), "Record this verdict")
    assert ann.post(here, verdict).status_code == 403
    mara.post(here, verdict)

    listed = ann.get(path(acme, "reviews/"))
    assertContains(listed, "Judged changes")
    assertContains(listed, "Only our own words.")
    assertContains(ann.get(here), "Only our own words.")


def test_only_who_keeps_the_routes_adds_facts_and_only_to_what_is_theirs(acme) -> None:
    other = company("globex")

    assert signed_in(acme.dev).get(address(acme, "cloud")).status_code == 403
    signed_in(acme.mara).post(address(acme, "cloud"), TYPED)
    assert signed_in(other.mara).get(path(other, address(acme, "cloud").split("/", 3)[3])).status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_judging_costs_the_same_for_one_person_and_for_three(acme, django_assert_num_queries, people) -> None:
    made = steps.checklist(acme, "engineering", ["Transcripts?"], rests_on_topics=["retention"])
    checklists.assign(checklist=made, by=acme.mara, at=EPOCH)
    for membership in (acme.dev, acme.mia, acme.sal)[:people]:
        steps.answer_everything(membership, at=LATER)
    mara = signed_in(acme.mara)
    page = mara.post(address(acme, "team-plan"), TYPED, follow=True)

    with django_assert_num_queries(9):
        mara.get(page.request["PATH_INFO"])


def test_what_is_only_going_to_be_so_is_no_fact_yet(acme) -> None:
    mara, today = signed_in(acme.mara), clock.today(acme.organization.timezone)

    ahead = mara.post(address(acme, "team-plan"), {**TYPED, "as_of": today + dt.timedelta(days=1)})
    of_today = mara.post(address(acme, "team-plan"), {**TYPED, "as_of": today})

    assertContains(ahead, "This day lies ahead")
    assert of_today.status_code == 302
    assert Fact.objects.get(organization=acme.organization, key__endswith=".retention").as_of == today
