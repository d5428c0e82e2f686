"""Judging what a vendor changed: clause by clause or all at once; material says otherwise what rests on it, and asks again."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from audit.models import Reopening
from catalog import actions as catalog
from catalog.models import Citation, Fact, PolicySource
from operations.errors import ActionRefused
from operations.templatetags.dates import moment
from reviews import notices
from reviews.actions.assessments import write_verdict
from reviews.actions.policies import lock_policies, open_again, settle
from reviews.models import ChangeAssessment, ClauseChange, ClauseVerdict, PolicyAssessment, PolicyVerdict
from reviews.queries.clauses import Cite, cites_of
from reviews.queries.policies import is_still_open, legal_people, with_verdict, would_ask

Verdict = PolicyVerdict.Verdict


@dataclass(frozen=True)
class FactWord:
    """What a judge says of a fact that a clause may concern.

    :ivar sections: beneath which headings of ``source`` it is said now; None where that stays as it is.
    :ivar words: what is so now, as ``catalog.add_fact`` takes it; None where it is not said otherwise.
    """

    fact: Fact
    source: PolicySource
    sections: Sequence[str] | None = None
    words: Mapping[str, Any] | None = None


@transaction.atomic
def judge_clauses(
    *,
    by: Membership,
    clauses: Collection[ClauseChange],
    seen: Mapping[int, int | None],
    verdict: str,
    because: str,
    at: dt.datetime,
    due_on: dt.date | None = None,
    facts: Sequence[FactWord] = (),
) -> PolicyVerdict:
    """One person's verdict on one or several clauses; a further one corrects it.

    Material supersedes the facts that are said otherwise, for this organization, and asks again whoever rests on them: at
    that moment, and nobody else. What an earlier material verdict had asked again is taken back.

    :param seen: for each clause (by id) the verdict that the page showed, or None.
    :param due_on: until when those asked again have to answer; needed for *material*.
    :raises ActionRefused: when somebody judged meanwhile, the page changed once more, or the reason, the day or the facts are
        missing.
    """
    if not because.strip():
        raise ActionRefused(
            _("Write one sentence: why is it editorial, why is it material, or what should Legal look at?")
        )
    changed = [word for word in facts if word.words is not None]
    if verdict == Verdict.MATERIAL and due_on is None:
        raise ActionRefused(_("Say until when people have to answer again."))
    if verdict == Verdict.MATERIAL and not changed:
        raise ActionRefused(
            _(
                "Open below what is no longer so, tick it and say how it is now: without that, nobody would be asked again."
            )
        )
    if verdict == Verdict.LEGAL and not legal_people(by.organization).exists():
        raise ActionRefused(_("Nobody signs for Legal now: judge it yourself, or add somebody to that group first."))
    is_material = verdict == Verdict.MATERIAL
    # The only thing here that takes longer for more people: before everybody waits for us.
    asked = would_ask(by.organization, [word.fact.key for word in changed] if is_material else [], at=at)
    audit.lock_exclusive(by.organization_id)
    lock_policies(by.organization_id)
    rows = _lock(clauses, seen, by=by)
    text = audit.keep_text(because.strip(), organization_id=by.organization_id)
    judgement = PolicyVerdict.objects.create(
        organization=by.organization,
        verdict=verdict,
        because=text,
        by=by.user,
        at=at,
        due_on=due_on if is_material else None,
        people=asked.people,
        decisions=len(asked.decisions),
    )
    earlier = {row.verdict_id for row in rows if row.verdict == Verdict.MATERIAL}
    ClauseVerdict.objects.bulk_create(
        ClauseVerdict(organization=by.organization, clause=row, verdict=judgement) for row in rows
    )
    _take_back(earlier, rows, but={word.fact.key for word in changed} if is_material else set(), by=by, at=at)
    for word in facts:
        if word.sections is not None:
            catalog.say_where(by=by, fact_key=word.fact.key, source=word.source, sections=word.sections, at=at)
    if verdict == Verdict.EDITORIAL:
        _still_says(rows, by=by, at=at)
    if is_material and due_on:
        for word in changed:
            _say_otherwise(word, judgement, rows, by=by, due_on=due_on, at=at)
    audit.record(
        "policy.judged",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"policy-verdict:{judgement.pk}",
        verdict=verdict,
        clauses=[row.pk for row in rows],
        because_sha256=text.sha256,
    )
    notices.tell_legal(rows, judgement, by=by, at=at)
    if verdict == Verdict.LEGAL:
        for week in PolicyAssessment.objects.filter(clauses__in=rows).exclude(closed_at=None).distinct():
            open_again(week, at=at)
    for change in {row.change for row in rows}:
        settle(change, at=at)
    return judgement


def _lock(clauses: Collection[ClauseChange], seen: Mapping[int, int | None], *, by: Membership) -> list[Any]:
    """The clauses as they stand now, all of which were seen so."""
    found = ClauseChange.objects.filter(organization=by.organization, pk__in=[clause.pk for clause in clauses])
    rows: list[Any] = list(with_verdict(found.exclude(asked="")).select_related("change__source").order_by("pk"))
    if not rows or len(rows) < len(clauses):
        raise ActionRefused(_("Choose at least one clause of this organization that has to be judged."))
    for row in rows:
        if row.replaced_at:
            raise ActionRefused(
                _("“%(clause)s” has changed once more since this page was opened. Look again, then judge it.")
                % {"clause": row.heading}
            )
        if row.verdict_id != seen.get(row.pk):
            raise ActionRefused(judged_meanwhile(row))
    return rows


def judged_meanwhile(clause: Any) -> str:
    """Who was faster, when, and with which verdict; of a clause as :func:`with_verdict` annotates it."""
    newest = PolicyVerdict.objects.select_related("by").get(pk=clause.verdict_id)
    words = {"person": newest.by, "when": moment(newest.at), "clause": clause.heading, "verdict": newest}
    return _("%(person)s has judged “%(clause)s” in the meantime, %(when)s. %(verdict)s.") % words


def _still_says(rows: Sequence[Any], *, by: Membership, at: dt.datetime) -> None:
    """The facts that cite these clauses are said as they read now, where what they were taken from is known by its hashes alone."""
    shipped = [row for row in rows if row.new_sha256 and row.change.source.fingerprints]
    cites = cites_of(by.organization, {row.change.source_id for row in shipped})
    read: dict[tuple[PolicySource, Cite], list[str]] = {}
    for row in shipped:
        for cite in cites[row.change.source_id]:
            if cite.fact_key in row.fact_keys:
                read.setdefault((row.change.source, cite), []).append(row.new_sha256)
    for (source, cite), hashes in read.items():
        words = {"sections": cite.sections, "read_as": [*cite.read_as, *hashes]}
        catalog.say_where(by=by, fact_key=cite.fact_key, source=source, at=at, **words)


def _take_back(
    verdicts: Collection[int], rows: Sequence[Any], *, but: Collection[str], by: Membership, at: dt.datetime
) -> None:
    """Undo what earlier material verdicts asked again: all of it where such a verdict holds for no clause any more, else what
    these clauses alone are cited for. Of a fact that cites none of them nobody knows for which it was said otherwise.

    :param but: the facts that are said otherwise once more now; the others say again what they said before.
    """
    holding = with_verdict(ClauseChange.objects.filter(verdicts__verdict__in=verdicts)).filter(verdict_id__in=verdicts)
    left: dict[int, set[str]] = {}
    for clause in holding:
        left.setdefault(clause.verdict_id, set()).update(clause.fact_keys)
    corrected = {key for row in rows for key in row.fact_keys}
    made = Reopening.objects.filter(assessment__policy_verdict__in=verdicts, undone_by=None).order_by("pk")
    for reopening in made.select_related("assessment"):
        change = reopening.assessment
        still = left.get(change.policy_verdict_id or 0)
        if still is None or change.fact_key in corrected - still:
            audit.undo_reopening(reopening=reopening, by=by.user_id, at=at)
            if change.fact_key not in but:
                _say_again(change, by=by, at=at)


def _say_again(change: ChangeAssessment, *, by: Membership, at: dt.datetime) -> None:
    """Lay the words of before over those of a verdict that was taken back, unless something else is said by now; asks nobody."""
    facts = Fact.objects.in_bulk([change.old_revision, change.new_revision])
    before, now = facts[change.old_revision], facts[change.new_revision]
    if now.superseded_at is None:
        words = {name: getattr(before, name) for name in catalog.WORDS}
        catalog.add_fact(by=by, topic=now.topic_id, at=at, over=now, cites=_citations(before), **words)


def _say_otherwise(
    word: FactWord,
    judgement: PolicyVerdict,
    rows: Sequence[Any],
    *,
    by: Membership,
    due_on: dt.date,
    at: dt.datetime,
) -> None:
    """Supersede one fact for this organization, and ask again whoever rests on what stood there; changes of it that waited for
    a judgement are judged with it."""
    over = word.fact
    waiting = ChangeAssessment.objects.filter(organization=by.organization, fact_key=over.key, verdict="")
    for row in waiting.select_for_update().order_by("pk"):
        write_verdict(row, verdict=judgement.verdict, because=judgement.because, by=by, at=at)
    cites = _citations(over)
    fact = catalog.add_fact(by=by, topic=over.topic_id, at=at, over=over, cites=cites, **(word.words or {}))
    reopening = audit.reopen(
        organization_id=by.organization_id,
        key=f"fact:{fact.key}",
        below_revision=fact.pk,
        by=by.user_id,
        at=at,
        due_on=due_on,
        because=_because(over, rows),
    )
    change = ChangeAssessment.objects.create(
        organization=by.organization,
        fact_key=fact.key,
        old_revision=over.pk,
        new_revision=fact.pk,
        keeper=by,
        opened_at=at,
        due_on=due_on,
        verdict=ChangeAssessment.Verdict.MATERIAL,
        because=judgement.because,
        judged_at=at,
        judged_by=by.user,
        reopening=reopening,
        policy_verdict=judgement,
    )
    audit.record(
        "assessment.judged",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"assessment:{change.pk}",
        verdict=change.verdict,
        because_sha256=judgement.because.sha256,
    )


def _citations(fact: Fact) -> list[tuple[PolicySource, list[str]]]:
    """Where a fact, or one of its sides, is said: each source once, with every heading beneath which one of them is."""
    found: dict[PolicySource, list[str]] = {}
    for cite in Citation.objects.filter(Q(fact=fact) | Q(claim__fact=fact)).select_related("source").order_by("pk"):
        sections = found.setdefault(cite.source, [])
        sections += [section for section in cite.sections if section not in sections]
    return list(found.items())


def _because(fact: Fact, rows: Sequence[Any]) -> str:
    """What whoever is asked again reads: which page changed, and what about."""
    cited = [row for row in rows if fact.key in row.fact_keys] or rows
    words = {
        "source": cited[0].change.source,
        "topic": fact.topic,
        "about": fact.route or fact.profile,
    }
    return (
        _("“%(source)s” says something else now about “%(topic)s” (%(about)s), and the change was judged to matter.")
        % words
    )


def note_green(*, at: dt.datetime) -> int:
    """Note of each material verdict that everything it had asked again has been said anew; what was taken back asks nobody."""
    waiting = PolicyVerdict.objects.filter(verdict=Verdict.MATERIAL, green_at=None, organization__locked_at=None)
    waiting = waiting.filter(changes__reopening__undone_by=None).distinct()
    green = [verdict for verdict in waiting.select_related("organization") if not is_still_open(verdict, at=at)]
    for verdict in green:
        verdict.green_at = at
        verdict.save(update_fields=["green_at"])
    return len(green)
