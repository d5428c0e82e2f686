"""The pages on which what a vendor changed is read and judged."""

import datetime as dt
from typing import Any

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from catalog import actions as catalog
from catalog.models import Citation, CitedPlace, Fact, PolicySource
from operations import clock
from reviews import actions
from reviews.models import PolicyAssessment, PolicyVerdict
from tests.cast import Company, signed_in
from tests.checklists import steps
from tests.reviews.policies import KEPT, TEXT, bring, changed, clauses, page, relying

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CHANGED = changed(("30 days", "5 years"), ("We do not train", "We may train"), ("by the sea", "by a lake"))


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where retention and training changed yesterday, and a line about the vendor's town."""
    made = relying()
    bring(made, TEXT, at=clock.now() - 9 * DAY)
    bring(made, CHANGED, at=clock.now() - DAY)
    return made


def week(acme: Company) -> PolicyAssessment:
    return acme.organization.policy_assessments.get()


def path(acme: Company, rest: str) -> str:
    return f"/o/{acme.organization.slug}/{rest}"


def judging(acme: Company, *headings: str) -> str:
    query = "&".join(f"clause={clauses(acme)[heading].pk}" for heading in headings)
    return path(acme, f"reviews/policies/{week(acme).pk}/judge/?{query}")


def posted(client: Any, url: str, **said: Any) -> Any:
    """The form as the page shows it, with these words."""
    context = client.get(url).context
    data: dict[str, Any] = {"because": "Because it is so.", "due_on": (clock.now() + 14 * DAY).date().isoformat()}
    for each in context["facts"]:
        form = each["form"]
        for name in form.fields:
            value = form.get_initial_for_field(form.fields[name], name)
            if value is not False:
                data[form.add_prefix(name)] = value.isoformat() if isinstance(value, dt.date) else value
    data["seen"] = [f"{clause.pk}:{clause.verdict_id or ''}" for clause in context["clauses"]]
    return client.post(url, {name: value for name, value in {**data, **said}.items() if value is not None})


def retention() -> str:
    fact = Fact.objects.standing().get(key="team-plan.retention")
    return f"fact-{fact.pk}"


def test_the_week_shows_words_signals_and_what_rests_on_them(acme) -> None:
    shown = signed_in(acme.mara).get(week(acme).get_absolute_url())

    assertContains(shown, "2 clauses to judge, about 3 minutes.")
    assertContains(shown, "What is said about retention of team-plan.")
    assertContains(shown, "3 people have answered on it")
    assertContains(shown, "How long has changed.")
    assertNotContains(shown, "by a lake")


def test_the_week_says_first_which_clause_weighs_and_what_is_judged(acme) -> None:
    mara = signed_in(acme.mara)
    posted(mara, judging(acme, "Training"), verdict="editorial")

    rows = mara.get(week(acme).get_absolute_url()).context["overview"]

    assert [(row["title"], row["word"]) for row in rows] == [("Retention", "Look closely"), ("Training", "Judged")]
    assert rows[0]["hint"] == "A duration: 30 days → 5 years · 3 people have answered on it"
    posted(mara, judging(acme, "Retention"), verdict="legal")
    assert mara.get(week(acme).get_absolute_url()).context["overview"][0]["word"] == "Legal has to look"


def test_a_clause_judged_material_does_not_say_that_nothing_rests_on_it(acme) -> None:
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    said = {"verdict": "material", f"{retention()}-statement": "Kept 5 years."}
    preview = posted(mara, url, **said)
    posted(mara, url, **said, previewed=preview.context["form"].data["previewed"])

    shown = mara.get(week(acme).get_absolute_url())

    assertContains(shown, "3 people, 1 decision")
    # Of the other clause it is so: its one decision is asked again already.
    assertContains(shown, "No decision and no answer of today rests on it.", count=1)


def test_facts_that_nobody_ticked_stay_folded_when_something_is_missing(acme) -> None:
    Citation.objects.create(fact=Fact.objects.get(key="cloud.retention"), source=page())

    refused = posted(signed_in(acme.mara), judging(acme, "Retention"), **{f"{retention()}-changes": "on"})

    assert [bool(each["is_open"]) for each in refused.context["facts"]] == [True, False]


def test_what_nobody_has_to_judge_stands_on_its_own_page(acme) -> None:
    day = clock.today("UTC") - DAY
    shown = signed_in(acme.mara).get(path(acme, f"reviews/policies/also/?week={day.isoformat()}"))

    assertContains(shown, "About us")
    assertNotContains(shown, "5 years")


def test_many_that_nobody_has_to_judge_are_paged(acme) -> None:
    parts = "".join(f"\n## Part {number}\n\nWords of {number}.\n" for number in range(60))
    bring(acme, CHANGED + parts, at=clock.now())
    first = signed_in(acme.mara).get(path(acme, "reviews/policies/also/"))

    assertContains(first, "Part 59")
    assertNotContains(first, "Words of 3.")
    assertContains(
        signed_in(acme.mara).get(path(acme, "reviews/policies/also/") + first.context["page"].older_url), "Words of 3."
    )


def test_material_is_shown_with_whom_it_asks_then_confirmed(acme) -> None:
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    said = {"verdict": "material", f"{retention()}-statement": "Kept 5 years."}

    preview = posted(mara, url, **said)
    assertContains(preview, "What this asks again")
    assertContains(preview, "3 people have answered on it")
    assert not PolicyVerdict.objects.exists()

    done = posted(mara, url, **said, previewed=preview.context["form"].data["previewed"])

    assertRedirects(done, week(acme).get_absolute_url())
    assert steps.reasons(acme.dev, at=clock.now())["Transcripts?"]
    assertContains(mara.get(path(acme, "reviews/policies/")), "3 people, 1 decision")
    decision = acme.organization.decisions.get(route__key="team-plan")
    doubted = mara.get(path(acme, f"decisions/{decision.pk}/"))
    assertContains(doubted, "“How Orbit handles data” says something else now about")
    change = doubted.context["decision"].doubts[0]["change"]
    assertContains(mara.get(path(acme, f"reviews/changes/{change}/")), "What the vendor changed")


def test_what_a_fact_says_in_more_words_is_judged_with_it(acme) -> None:
    words = {"statement": "Kept.", "detail": "30 days, to be exact.", "promise": "contract", "topic": "retention"}
    over, cites = Fact.objects.get(key="team-plan.retention"), [(page(), [KEPT])]
    fact = catalog.add_fact(by=acme.mara, over=over, cites=cites, at=clock.now(), **words)
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    said = {
        "verdict": "material",
        f"fact-{fact.pk}-changes": "on",
        f"fact-{fact.pk}-statement": "Kept.",
        f"fact-{fact.pk}-detail": "5 years, to be exact.",
    }

    preview = posted(mara, url, **said)
    posted(mara, url, **said, previewed=preview.context["form"].data["previewed"])

    ours = Fact.objects.standing().get(key="team-plan.retention", organization=acme.organization)
    assert (ours.statement, ours.detail) == ("Kept.", "5 years, to be exact.")


def test_a_corrected_verdict_is_not_taken_for_green(acme) -> None:
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    said = {"verdict": "material", f"{retention()}-statement": "Kept 5 years.", f"{retention()}-changes": "on"}
    preview = posted(mara, url, **said)
    posted(mara, url, **said, previewed=preview.context["form"].data["previewed"])
    posted(mara, url, verdict="editorial")
    actions.note_green(at=clock.now())

    assertContains(mara.get(path(acme, "reviews/policies/")), "Corrected: nobody is asked any more", count=1)
    assert not PolicyVerdict.objects.exclude(green_at=None).exists()


def test_what_was_edited_after_the_preview_is_shown_anew(acme) -> None:
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    said = {"verdict": "material", f"{retention()}-statement": "Kept 5 years."}
    preview = posted(mara, url, **said)
    previewed = preview.context["form"].data["previewed"]
    later = (clock.now() + 30 * DAY).date().isoformat()

    again = posted(mara, url, **said, previewed=previewed, due_on=later)

    assertContains(again, "What this asks again")
    assert not PolicyVerdict.objects.exists()


def test_a_fact_that_says_what_it_said_is_not_material(acme) -> None:
    refused = posted(signed_in(acme.mara), judging(acme, "Retention"), verdict="material")

    assertContains(refused, "This says what it said before")


def test_all_are_judged_editorial_at_once(acme) -> None:
    mara = signed_in(acme.mara)

    posted(mara, path(acme, f"reviews/policies/{week(acme).pk}/judge/"), verdict="editorial")

    assert week(acme).closed_at
    assertContains(mara.get(week(acme).get_absolute_url()), "Everything is judged.")


def test_the_second_of_two_is_told_and_keeps_what_was_typed(acme) -> None:
    mara, olga, url = signed_in(acme.mara), signed_in(acme.olga), judging(acme, "Retention")
    seen = [f"{clauses(acme)['Retention'].pk}:"]
    posted(mara, url, verdict="editorial")

    told = olga.post(url, {"seen": seen, "verdict": "editorial", "because": "I was slower."})

    assertContains(told, "Mara has judged “Retention” in the meantime")
    assertContains(told, "I was slower.")


def test_who_was_slower_is_told_before_the_preview_of_whom_it_asks(acme) -> None:
    mara, olga, url = signed_in(acme.mara), signed_in(acme.olga), judging(acme, "Retention")
    seen = [f"{clauses(acme)['Retention'].pk}:"]
    posted(mara, url, verdict="editorial")

    told = posted(olga, url, verdict="material", seen=seen, **{f"{retention()}-statement": "Kept 5 years."})

    assertContains(told, "Mara has judged “Retention” in the meantime")
    assertNotContains(told, "What this asks again")


def test_a_verdict_that_is_sent_twice_counts_once_and_says_so(acme) -> None:
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    preview = posted(mara, url, verdict="material", **{f"{retention()}-statement": "Kept 5 years."})
    sent = preview.wsgi_request.POST.dict() | {"previewed": preview.context["form"].data["previewed"]}
    mara.post(url, sent)

    assertContains(mara.post(url, sent), "Mara has judged “Retention” in the meantime")
    assert PolicyVerdict.objects.count() == 1


def test_what_is_so_now_is_not_of_a_day_to_come(acme) -> None:
    said = {f"{retention()}-statement": "Kept 5 years.", f"{retention()}-as_of": "2098-01-01"}

    assertContains(posted(signed_in(acme.mara), judging(acme, "Retention"), verdict="material", **said), "lies ahead")


def test_whoever_judges_what_changed_once_more_is_told(acme) -> None:
    mara, url, both = signed_in(acme.mara), judging(acme, "Retention"), judging(acme, "Retention", "Training")
    seen = [f"{clauses(acme)[heading].pk}:" for heading in ("Retention", "Training")]
    bring(acme, changed(("5 years", "7 years"), text=CHANGED), at=clock.now())

    assertContains(posted(mara, both, verdict="editorial", seen=seen), "has changed once more")
    assertContains(mara.post(url, {"seen": seen[:1]}, follow=True), "has changed once more")
    assert not PolicyVerdict.objects.exists()


@pytest.mark.parametrize("week_on", ["0001-01-01", "9999-12-31", "2026-13-40", "\x00"])
def test_any_week_is_a_page(acme, week_on) -> None:
    assert signed_in(acme.mara).get(path(acme, "reviews/policies/also/"), {"week": week_on}).status_code == 200


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "²", "-1", "x"])
def test_numbers_that_are_none_name_nothing(acme, number) -> None:
    mara, url = signed_in(acme.mara), path(acme, f"reviews/policies/{week(acme).pk}/judge/")

    answers = [
        mara.post(url, {"seen": [f"{number}:1", f"{clauses(acme)['Retention'].pk}:{number}"]}),
        mara.get(url, {"clause": number}),
        mara.get(path(acme, "reviews/policies/"), {"source": number}),
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 404}


def test_legal_is_asked_finds_it_in_the_inbox_and_judges(acme) -> None:
    posted(signed_in(acme.mara), judging(acme, "Retention"), verdict="legal")
    lea = signed_in(acme.lea)

    assertContains(lea.get(path(acme, "inbox/")), "Somebody asks Legal to look")
    assert lea.get(judging(acme, "Training")).status_code == 403
    posted(lea, judging(acme, "Retention"), verdict="editorial")

    assert PolicyVerdict.objects.latest("pk").by == acme.lea.user
    assertNotContains(lea.get(path(acme, "inbox/")), "Somebody asks Legal to look")


def test_the_keeper_finds_the_week_in_the_inbox_and_on_the_reviews(acme) -> None:
    mara = signed_in(acme.mara)

    for page_of in ("inbox/", "reviews/", "reviews/policies/"):
        assertContains(mara.get(path(acme, page_of)), week(acme).get_absolute_url())


def test_a_fact_without_a_heading_is_attached_for_the_next_time(acme) -> None:
    loose = Fact.objects.get(key="cloud.retention")
    Citation.objects.create(fact=loose, source=page())
    url = judging(acme, "Retention")
    assertContains(signed_in(acme.mara).get(url), "It cites this page without saying where.")

    posted(signed_in(acme.mara), url, verdict="editorial", **{f"fact-{loose.pk}-attaches": "on"})
    assert CitedPlace.objects.get().fact_key == "cloud.retention"
    bring(acme, changed(("5 years", "7 years"), text=CHANGED), at=clock.now())

    assert clauses(acme)["Retention"].fact_keys == ["cloud.retention", "team-plan.retention"]


def test_a_clause_that_is_gone_asks_where_its_facts_are_said_now(acme) -> None:
    gone = changed(("### Retention\n\nTranscripts are kept for 5 years.\n\n", ""), text=CHANGED)
    bring(acme, gone, at=clock.now())
    mara, url = signed_in(acme.mara), judging(acme, "Retention")
    assertContains(mara.get(week(acme).get_absolute_url()), "What these facts cite is gone from the page.")

    posted(mara, url, verdict="editorial", **{f"{retention()}-place": "Data > Training"})

    assert CitedPlace.objects.get().sections == ["Data > Training"]


@pytest.mark.parametrize("who", ["ann", "sven"])
def test_who_reads_policies_reads_the_week_and_does_not_judge(acme, who) -> None:
    client = signed_in(getattr(acme, who))

    assertNotContains(client.get(week(acme).get_absolute_url()), "Judge this clause")
    assert client.get(judging(acme, "Retention")).status_code == 403


def test_the_week_costs_the_same_for_two_clauses_and_for_three(acme, django_assert_num_queries) -> None:
    mara, url = signed_in(acme.mara), week(acme).get_absolute_url()
    mara.get(url)
    with django_assert_num_queries(11):
        mara.get(url)
    Citation.objects.create(fact=Fact.objects.get(key="team-plan.billing"), source=page(), sections=["Billing"])
    bring(acme, changed(("first day", "third day"), text=CHANGED), at=clock.now())
    actions.assess_policies(at=clock.now() + 8 * DAY)

    with django_assert_num_queries(11):
        mara.get(url)


def test_where_a_fact_may_be_said_now_is_offered(acme) -> None:
    gone = changed(("### Retention\n\nTranscripts", "### How long retention is\n\nBy the way, all logs"), text=CHANGED)
    bring(acme, gone.replace("kept for 5 years", "thrown away each night"), at=clock.now())

    shown = signed_in(acme.mara).get(judging(acme, "Retention"))

    assertContains(shown, '<option value="Data &gt; How long retention is" selected>', count=1)


def test_what_the_catalogs_keeper_suggests_is_taken_over_or_not(acme) -> None:
    clause = clauses(acme)["Retention"]
    suggestion = {"verdict": "editorial", "because": "Only debug transcripts are meant."}
    PolicySource.objects.update(
        suggestions=[
            {"anchor": clause.anchor, "sha256": clause.new_sha256, **suggestion},
            {"anchor": clauses(acme)["Training"].anchor, "sha256": "0" * 64, **suggestion},
        ]
    )
    mara = signed_in(acme.mara)

    assertContains(mara.get(week(acme).get_absolute_url()), "The catalog’s keeper suggests: editorial", count=1)
    begun = mara.get(judging(acme, "Retention") + "&suggested=1").context["form"]

    assert {name: begun[name].value() for name in suggestion} == suggestion
    assert mara.get(judging(acme, "Training") + "&suggested=1").context["form"]["because"].value() is None
