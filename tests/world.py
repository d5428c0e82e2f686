"""One of everything: what the URL walk opens, by the addresses of ``tests/objects.py``.

Acme is the company of ``tests/cast.py``. Beside it stand Globex, whose owner is the outsider, and the operator.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import actions as accounts
from accounts.models import EmailDomain, GroupPeriod, Invitation, Membership, PeopleImport, SingleSignOn, User
from audit.actions import snapshot_digest
from catalog import actions as catalog
from catalog.fetching.fetch import Answer
from catalog.models import AccessRoute, Fact, PolicySource, SourceHealth
from checklists import actions as checklists
from checklists.models import AssignmentRule, Checklist, Evidence, Item, ListedItem, Upload, UsageInquiry
from governance import actions as governance
from governance.models import Agreement, Question, RouteDecision, Signature, SignatureCondition
from governance.queries.sign_offs import stage_in_turn
from governance.queries.submissions import frozen_content
from home.actions import make_feed, make_link
from home.models import SetUpLink
from operations import clock
from reviews import actions as reviews
from reviews.models import AdoptionReview, AdoptionVerdict, ChangeAssessment, PolicyAssessment, Review
from reviews.queries.adoption import adoption_reviews
from reviews.queries.verdicts import frozen_board
from tests.accounts import imports
from tests.cast import PASSWORD, Company, company, person
from tests.checklists.steps import answer, brought, checklist, decide
from tests.factories import accepted, make_route, make_topic

# What only Security reads; tests/governance/test_comments.py looks for it on every page of everybody else.
NOTE = "Between us: their last audit was thin."
# What Dev says they use: told to Mara alone, so it stands on no other page, in no export and in no mail.
TOLD_IN_CONFIDENCE = "Zephyrquill 77"
POLICIES = Path(__file__).parent / "catalog" / "policies"


# One white point.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)


@dataclass
class AskedOf:
    """A published checklist of one item, with the rule that asks it."""

    checklist: Checklist
    item: Item
    rule: AssignmentRule


@dataclass
class World:
    """Acme with one of everything, and who comes by."""

    acme: Company
    counsel: Membership
    globex: Company
    operator: User
    invitation: Invitation
    people_import: PeopleImport
    route: AccessRoute
    draft: RouteDecision
    submitted: RouteDecision
    suspended: RouteDecision
    personal: AskedOf
    shared: AskedOf
    listed: ListedItem
    archived: Checklist
    evidence: Evidence
    seen: Evidence
    upload: Upload
    held_back: Upload
    question: Question
    condition: SignatureCondition
    signature: Signature
    review: Review
    assessment: ChangeAssessment
    adoption: AdoptionReview
    on_board: Item
    verdict: AdoptionVerdict
    agreement: Agreement
    set_up_link: SetUpLink
    inquiry: UsageInquiry
    alone: Membership
    sign_on: SingleSignOn
    policy: PolicySource
    policy_week: PolicyAssessment
    calendar_token: str

    @property
    def people(self) -> dict[str, Membership | User | None]:
        """The columns of the walk: who sends the request."""
        return {
            "signed out": None,
            "outsider": self.globex.olga,
            "former member": self.acme.finn,
            "member": self.acme.dev,
            "lead": self.acme.tom,
            "signer": self.acme.sven,
            "outside signer": self.counsel,
            "auditor": self.acme.ann,
            "manager": self.acme.mara,
            "owner": self.acme.olga,
            "operator": self.operator,
        }


def build() -> World:
    """Everything, through the real actions; it began two months ago."""
    then = clock.now() - dt.timedelta(days=60)
    acme = company("acme", then)
    counsel = person(acme.organization, "Cleo", level="guest", at=then)
    GroupPeriod.objects.create(organization=acme.organization, group=acme.legal, membership=counsel, started_at=then)
    shipped = make_route()
    own = catalog.add_route(
        by=acme.mara,
        name="Our gateway",
        tool=shipped.tool,
        short_code="GW",
        tier=shipped.tier,
        surface=shipped.surface,
        at=then,
    )
    governance.ship_data_classes(organization=acme.organization)
    governance.ship_uses(organization=acme.organization)
    draft, submitted = (_decision(acme, route, at=then) for route in (own, shipped))
    content, bases = frozen_content(submitted)
    submitted = governance.submit(
        decision=submitted, by=acme.mara, shown_sha256=snapshot_digest(content, bases=bases), at=then
    )
    unmet = governance.Condition("Sign the agreement.", acme.mara, (then + dt.timedelta(days=90)).date())
    decided = decide(acme, make_route(), at=then, signed_with=[unmet])
    personal = _asked(acme, "privacy", "personal", at=then)
    shared = _asked(acme, "leaders", "shared", at=then)
    checklists.assign(checklist=shared.checklist, team=acme.sales, by=acme.mara, at=then)
    for group in (None, acme.security):
        said = {"anchor": "why", "text": NOTE if group else "Which vendor?", "group": group}
        governance.comment(sign_off=submitted.sign_off, **said, by=acme.sven, at=then)
    evidence, question = _answers(acme, personal.item, at=then)
    adoption, on_board = _adoption(acme, own, at=then)
    verdict = _verdict(acme, adoption, at=then)
    draft_version = checklists.begin_draft(checklist=personal.checklist, by=acme.mara, at=then)
    return World(
        calendar_token=make_feed(membership=acme.mara, at=then),
        personal=personal,
        shared=shared,
        listed=draft_version.listed_items.get(),
        archived=_archived(acme, at=then),
        evidence=evidence,
        seen=Evidence.objects.get(name="off.png"),
        **_uploads(acme, personal.item, at=then),
        question=question,
        condition=SignatureCondition.objects.get(),
        signature=SignatureCondition.objects.get().signature,
        review=Review.objects.create(
            organization=acme.organization,
            decision=decided,
            period_on=then.date(),
            due_on=then.date(),
            keeper=acme.mara,
            opened_at=then,
        ),
        assessment=_assessment(acme, own, at=then),
        adoption=adoption,
        on_board=on_board,
        verdict=verdict,
        agreement=governance.note_agreement(
            route=own,
            kind="processing",
            state="have",
            dated_on=then.date(),
            upload=SimpleUploadedFile("dpa.txt", b"We agree.", content_type="text/plain"),
            holder=acme.lea,
            by=acme.mara,
            at=then,
        ),
        acme=acme,
        counsel=counsel,
        globex=company("globex", then),
        operator=User.objects.create_user("operator@wayleave.example", PASSWORD, name="Opal", is_staff=True),
        invitation=accounts.invite(email="new@acme.example", by=acme.mara, at=clock.now()),
        people_import=imports.brought(
            "E-Mail,Team,Job role\nada@acme.example,Support,\nbo,,Astronaut\n", by=acme.mara, at=then
        ),
        route=own,
        draft=draft,
        submitted=submitted,
        suspended=_suspended(acme, at=then),
        set_up_link=make_link(at=clock.now()),
        inquiry=_inquiry(acme, at=then),
        alone=_alone(at=then),
        sign_on=_sign_on(acme, at=then),
        policy=(policy := _policy(acme, own, at=then)),
        policy_week=_policy_week(acme, policy, at=then),
    )


def _policy(acme: Company, cited_by: AccessRoute, *, at: dt.datetime) -> PolicySource:
    """A page of a vendor that a route cites, as it read in spring and as it reads in autumn."""
    source = catalog.add_source(by=acme.mara, title="Orbit help", url="https://help.orbit.example/data", at=at)
    for name, days in (("spring.md", 9), ("autumn.md", 0)):
        seen = {"name": name, "origin": "uploaded", "seen_on": at.date() - dt.timedelta(days=days)}
        catalog.add_version(by=acme.mara, source=source, content=(POLICIES / name).read_bytes(), at=at, **seen)
    shipped = PolicySource.objects.create(key="terms", title="Terms", url="https://orbit.example/terms")
    for walled in (source, shipped):
        _unavailable(walled, at=at)
    make_topic("retention")
    words = {"statement": "Reports are kept 30 days.", "promise": "vendor-documentation"}
    cites = [(source, ["Rules for data > Reports with `/report`"])]
    catalog.add_fact(by=acme.mara, topic="retention", route=cited_by, cites=cites, at=at, **words)
    return source


def _unavailable(source: PolicySource, *, at: dt.datetime) -> None:
    """A wall came in its place, and is held back."""
    SourceHealth.objects.create(source=source, next_fetch_at=at)
    claim = catalog.claim_due(at=at)
    wall = Answer(source.url, source.url, content=b"Please log in to continue.", hosts=("help.orbit.example",))
    catalog.note_answer(claim=claim, answer=wall, at=at)


def _policy_week(acme: Company, policy: PolicySource, *, at: dt.datetime) -> PolicyAssessment:
    """What changed from spring to autumn, of which one clause is judged: the fact that cited it is said elsewhere now."""
    reviews.assess_policies(at=at)
    week = PolicyAssessment.objects.get(clauses__change__source=policy, clauses__fact_keys__len=1)
    [clause] = week.clauses.filter(fact_keys__len=1)
    fact = Fact.objects.standing().get(key=clause.fact_keys[0])
    word = reviews.FactWord(fact, policy, sections=[clause.place, "Rules for data > How long we keep data"])
    said = {"verdict": "editorial", "because": "We send no reports.", "seen": {clause.pk: None}, "facts": [word]}
    reviews.judge_clauses(by=acme.mara, clauses=[clause], at=at, **said)
    return week


def _alone(*, at: dt.datetime) -> Membership:
    user = User.objects.create_user("alone@just-me.invalid", name="Ada", date_joined=at)
    return accounts.found_organization(name="Just me", slug="me", timezone="UTC", owner=user, at=at, is_solo=True)


def _sign_on(acme: Company, *, at: dt.datetime) -> SingleSignOn:
    """Beside codes and passwords; nobody answers as the provider, at an address that is never called."""
    by = {"by": acme.olga, "at": at}
    domain = accounts.add_email_domain(domain="acme.example", **by)
    accounts.verify_email_domain(domain=domain, means=EmailDomain.Means.DNS, **by)
    accounts.add_email_domain(domain="acme.test", **by)
    sign_on = accounts.configure_sign_on(
        issuer="https://127.0.0.1:1",
        client_id="wayleave",
        secret_kept="kept",
        team_claim="groups",
        job_role_claim="",
        makes_people=True,
        is_second_factor=False,
        **by,
    )
    accounts.record_sign_on_tested(round=sign_on.round, **by)
    accounts.set_way_in(way=accounts.Way.BESIDE, **by)
    accounts.add_claim_rule(value="Vertrieb", team=acme.sales, job_role=None, **by)
    return sign_on


def _decision(acme: Company, route: AccessRoute, *, at: dt.datetime) -> RouteDecision:
    decision = governance.propose(route=accepted(route, by=acme.mara, at=at), by=acme.mara, at=at)
    governance.set_scope(decision=decision, lines=[governance.LineOfScope()], by=acme.mara, at=at)
    return governance.edit(decision=decision, by=acme.mara, why="One vendor.", conditions="No secrets.", at=at)


def _suspended(acme: Company, *, at: dt.datetime) -> RouteDecision:
    """Everybody was told to stop; Sal says that they have."""
    decision = decide(acme, make_route(), at=at)
    suspended = governance.suspend(decision=decision, by=acme.mara, reason="A leak is looked into.", at=at)
    governance.say_stopped(decision=suspended, by=acme.sal, at=at)
    return suspended


def _archived(acme: Company, *, at: dt.datetime) -> Checklist:
    made = checklist(acme, "past", ["Was it so?"], at=at)
    checklists.archive(checklist=made, by=acme.mara, at=at)
    return made


def _asked(acme: Company, key: str, kind: str, *, at: dt.datetime) -> AskedOf:
    made = checklist(acme, key, [f"Show {key}?"], at=at, kind=kind, answer_kind="evidence")
    rule = checklists.assign(checklist=made, by=acme.mara, at=at)
    return AskedOf(checklist=made, item=Item.objects.get(listings__version__checklist=made), rule=rule)


def _answers(acme: Company, item: Item, *, at: dt.datetime) -> tuple[Evidence, Question]:
    """Dev shows a file; before, they were not sure, and asked Mara."""
    unsure = checklists.Given(kind="unsure", text="Which one?")
    answer(acme.dev, item.pk, at=at, given=unsure)
    files = [SimpleUploadedFile("off.txt", b"off"), SimpleUploadedFile("off.png", PICTURE)]
    shown = brought(acme.dev, item, *files, at=at)
    answer(acme.dev, item.pk, at=at + dt.timedelta(hours=1), given=shown)
    return Evidence.objects.get(name="off.txt"), Question.objects.get()


def _uploads(acme: Company, item: Item, *, at: dt.datetime) -> dict[str, Upload]:
    """Dev has brought a picture, and something that is none."""
    brought(acme.dev, item, SimpleUploadedFile("on.png", PICTURE), SimpleUploadedFile("broken.pdf", b"MZ"), at=at)
    return {"upload": Upload.objects.get(trouble=""), "held_back": Upload.objects.exclude(trouble="").get()}


def _inquiry(acme: Company, *, at: dt.datetime) -> UsageInquiry:
    """Everybody is asked what they use; Dev has said it."""
    due_on = (at + dt.timedelta(days=90)).date()
    inquiry = checklists.ask_what_is_used(keeper=acme.mara, due_on=due_on, by=acme.mara, at=at)
    used = checklists.Used("private", name=TOLD_IN_CONFIDENCE)
    checklists.say_what_is_used(membership=acme.dev, used=[used], at=at)
    return inquiry


def _assessment(acme: Company, route: AccessRoute, *, at: dt.datetime) -> ChangeAssessment:
    """A fact that was said in other words since."""
    topic = make_topic("retention").pk
    own = Fact.Promise.OWN
    old = catalog.add_fact(by=acme.mara, route=route, topic=topic, statement="Kept 30 days.", promise=own, at=at)
    new = catalog.add_fact(by=acme.mara, over=old, topic=topic, statement="Kept 90 days.", promise=own, at=at)
    return ChangeAssessment.objects.create(
        organization=acme.organization,
        fact_key=new.key,
        old_revision=old.pk,
        new_revision=new.pk,
        opened_at=at,
        due_on=at.date(),
    )


def _adoption(acme: Company, route: AccessRoute, *, at: dt.datetime) -> tuple[AdoptionReview, Item]:
    """A roll-out being decided, with a question that was moved, given to Legal and commented on."""
    words = {
        "name": "Claude for all",
        "scope": "Everybody, for writing.",
        "target_on": at.date() + dt.timedelta(days=90),
    }
    review = reviews.begin_adoption(by=acme.mara, keeper=acme.mara, routes=[route], at=at, **words)
    item = Item.objects.get(organization=acme.organization, key="contract-in-place")
    about = {"review": review, "item": item, "by": acme.mara, "at": at}
    reviews.keep_item(**about, group=acme.legal)
    reviews.move_item_day(**about, due_on=at.date() + dt.timedelta(days=70), because="Counsel is away.")
    reviews.comment(**about, text="The contract is with the vendor.")
    return review, item


def _verdict(acme: Company, adoption: AdoptionReview, *, at: dt.datetime) -> AdoptionVerdict:
    """A go that waits for signatures, with everything accepted that is open; a first one was signed once and taken back."""
    back = _proposed(acme, adoption, at=at)
    stage = stage_in_turn(back.sign_off)
    shown = back.sign_off.snapshot.sha256
    reviews.sign_verdict(sign_off=back.sign_off, stage=stage, by=acme.sven, at=at, shown_sha256=shown)
    reviews.withdraw_verdict(verdict=back, because="Too early.", by=acme.mara, at=at)
    return _proposed(acme, adoption, at=at)


def _proposed(acme: Company, adoption: AdoptionReview, *, at: dt.datetime) -> AdoptionVerdict:
    frozen = frozen_board(adoption_reviews(acme.organization).get(pk=adoption.pk), at=at)
    accepted = {one.key: "We know." for one in frozen.blockers}
    said = {"outcome": "go", "because": "It is time.", "accepted": accepted, "shown_sha256": frozen.sha256}
    return reviews.propose_verdict(review=adoption, by=acme.mara, at=at, **said)
