"""Where the roll-out stands: what is decided, what blocks it, which first steps are done; one query."""

import datetime as dt
import json
from dataclasses import dataclass

from django.db import connection

from accounts.models import Organization
from home.queries.shared import LATE, LateShared
from operations.paging import EXACT_UP_TO

# A column for each field of RollOut, in their order: as one text, because put together by the ORM it took longer than it ran.
# Of an organization's people a second one is enough to know of; there may be a hundred thousand.
_ROLL_OUT = f"""
WITH decision AS MATERIALIZED (
    SELECT * FROM governance_routedecision WHERE organization_id = %(organization)s
), review AS MATERIALIZED (
    SELECT due_on FROM reviews_review WHERE organization_id = %(organization)s AND closed_at IS NULL
)
SELECT count(*) FILTER (WHERE status = 'approved'),
       count(*) FILTER (WHERE status = 'draft'),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('draft_id', draft.id, 'route', route.name,
                                                     'by', coalesce(nullif(signer.name, ''), signer.email))
                                  ORDER BY draft.proposed_at, draft.id), '[]')
        FROM decision draft
        JOIN catalog_accessroute route ON route.id = draft.route_id
        JOIN decision refused ON refused.route_id = draft.route_id AND refused.number = draft.number - 1
         AND refused.status = 'changes_asked'
        JOIN governance_signature said ON said.sign_off_id = refused.sign_off_id AND said.word = 'changes_asked'
        JOIN accounts_user signer ON signer.id = said.user_id
        WHERE draft.status = 'draft'),
       (SELECT coalesce(jsonb_agg(to_jsonb(late) ORDER BY late.due_on, late.name), '[]') FROM ({LATE}) late),
       count(*) FILTER (WHERE status = 'submitted'),
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'decision_id', held.id, 'route', route.name, 'is_told', held.outcome <> 'not_allowed', 'seen', (
                       SELECT count(*) FROM (
                           SELECT FROM governance_stopseen seen
                           WHERE seen.decision_id = held.id AND seen.suspended_at = (
                               SELECT max(at) FROM governance_decisionmove
                               WHERE decision_id = held.id AND to_status = 'suspended')
                           LIMIT {EXACT_UP_TO + 1}) few)) ORDER BY held.id), '[]')
        FROM decision held JOIN catalog_accessroute route ON route.id = held.route_id
        WHERE held.status = 'suspended'),
       (SELECT count(*) FROM decision holding JOIN governance_signoff sign_off ON sign_off.id = holding.sign_off_id
        WHERE holding.status IN ('approved', 'suspended') AND EXISTS (
            SELECT FROM audit_withdrawn(%(organization)s, %(at)s) withdrawn
            WHERE withdrawn.snapshot_id = sign_off.snapshot_id)),
       (SELECT count(*) FROM checklists_checklistversion version
        JOIN checklists_checklist checklist ON checklist.id = version.checklist_id
        WHERE version.organization_id = %(organization)s AND version.status = 'published'
          AND checklist.archived_at IS NULL),
       (SELECT count(*) FROM review WHERE due_on < %(today)s),
       (SELECT count(DISTINCT fact_key) FROM reviews_changeassessment WHERE organization_id = %(organization)s AND verdict = '')
         + (SELECT count(*) FROM reviews_policyassessment WHERE organization_id = %(organization)s AND closed_at IS NULL),
       (SELECT count(*) FROM accounts_invitation WHERE organization_id = %(organization)s AND accepted_at IS NULL
          AND withdrawn_at IS NULL AND expires_at > %(at)s),
       EXISTS (SELECT FROM accounts_accessperiod WHERE organization_id = %(organization)s AND ended_at IS NULL OFFSET 1),
       EXISTS (SELECT FROM accounts_accessperiod member
               WHERE member.organization_id = %(organization)s AND member.ended_at IS NULL AND member.level = 'member'
                 AND NOT EXISTS (SELECT FROM accounts_groupperiod signs
                                 WHERE signs.membership_id = member.membership_id AND signs.ended_at IS NULL)),
       EXISTS (SELECT FROM governance_forceperiod WHERE organization_id = %(organization)s),
       EXISTS (SELECT FROM checklists_assignmentrule rule
               JOIN checklists_checklist checklist ON checklist.id = rule.checklist_id
               WHERE rule.organization_id = %(organization)s AND rule.ended_at IS NULL
                 AND checklist.kind = 'personal' AND checklist.archived_at IS NULL
                 AND EXISTS (SELECT FROM checklists_checklistversion version
                             WHERE version.checklist_id = checklist.id AND version.status = 'published')),
       (SELECT min(requested_at) FROM checklists_settlerequest WHERE organization_id = %(organization)s),
       EXISTS (SELECT FROM checklists_usageinquiry WHERE organization_id = %(organization)s),
       EXISTS (SELECT FROM reviews_adoptionreview WHERE organization_id = %(organization)s),
       (SELECT jsonb_build_object('id', review.id, 'begun_at', review.begun_at, 'name', terms.name, 'scope', terms.scope,
                                  'target_on', terms.target_on, 'keeper_id', terms.keeper_id,
                                  'keeper_name', accounts_keeper_name(review.organization_id, terms.keeper_id))
        FROM reviews_adoptionreview review JOIN reviews_adoptionterms terms ON terms.review_id = review.id
        WHERE review.organization_id = %(organization)s AND review.status = 'running' ORDER BY terms.id DESC LIMIT 1)
FROM decision
"""  # noqa: S608 -- constants, values apart


@dataclass(frozen=True)
class SentBack:
    """A draft that answers a signer who asked for changes: of which route, and who asked."""

    draft_id: int
    route: str
    by: str


@dataclass(frozen=True)
class Suspended:
    """A suspended decision: of which route, whether people were told to stop, and how many say that they have.

    :ivar seen: exact up to ``EXACT_UP_TO``.
    """

    decision_id: int
    route: str
    is_told: bool
    seen: int


@dataclass(frozen=True)
class RunningAdoption:
    """The adoption review that runs, and what it is about now."""

    id: int
    begun_at: dt.datetime
    name: str
    scope: str
    target_on: dt.date
    keeper_id: int
    keeper_name: str

    @classmethod
    def of(cls, row: dict) -> "RunningAdoption":
        """From a row as JSON."""
        days = {
            "begun_at": dt.datetime.fromisoformat(row["begun_at"]),
            "target_on": dt.date.fromisoformat(row["target_on"]),
        }
        return cls(**{**row, **days})


@dataclass(frozen=True)
class RollOut:
    """The numbers of an organization's roll-out; each leads to its list.

    :ivar is_asked: whether a personal checklist is published and asked of somebody; a review's board asks nobody's own.
    """

    in_force: int
    drafts: int
    sent_back: tuple[SentBack, ...]
    late_shared: tuple[LateShared, ...]
    submitted: int
    suspended: tuple[Suspended, ...]
    in_doubt: int
    published: int
    reviews_overdue: int
    changes_to_judge: int
    invitations_open: int
    has_colleagues: bool
    has_users: bool
    was_in_force: bool
    is_asked: bool
    unsettled_since: dt.datetime | None
    was_asked_what_is_used: bool
    has_adoption: bool
    adoption: RunningAdoption | None

    @property
    def is_under_way(self) -> bool:
        """Whether the first steps are done, so that home shows numbers; whoever works alone need not bring anybody in."""
        return self.was_in_force and self.is_asked and (self.has_users or not self.has_colleagues)


def roll_out_of(organization: Organization, *, at: dt.datetime, today: dt.date) -> RollOut:
    """Where the roll-out stands now."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_OUT, {"organization": organization.pk, "at": at, "today": today})
        in_force, drafts, sent_back, late, submitted, suspended, *others, adoption = cursor.fetchone()
    others.append(RunningAdoption.of(json.loads(adoption)) if adoption else None)
    return RollOut(
        in_force,
        drafts,
        tuple(SentBack(**draft) for draft in json.loads(sent_back)),
        tuple(LateShared.of(row) for row in json.loads(late)),
        submitted,
        tuple(Suspended(**decision) for decision in json.loads(suspended)),
        *others,
    )
