"""What of checklists waits for somebody who leaves, and who is told that nobody sees to a team."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy as _n

from accounts.models import Organization
from accounts.rights import Right
from notifications import actions as notifications
from operations.leaving import Waits

WAITS = (
    Waits(
        _n("%(count)d checklist that they look after", "%(count)d checklists that they look after", "count"),
        """SELECT count(*) FROM checklists_checklist it
           WHERE it.organization_id = %(organization)s AND it.archived_at IS NULL
             AND accounts_keeper(it.organization_id, it.keeper_id) = %(membership)s""",
    ),
    Waits(
        _n(
            "Names of who uses what were promised to them alone: from now on everybody sees counts only. Ask again to see names.",
            "Names of who uses what were promised to them alone: from now on everybody sees counts only. Ask again to see names.",
            "count",
        ),
        """SELECT count(*) FROM checklists_usageinquiry
           WHERE organization_id = %(organization)s AND closed_at IS NULL AND keeper_id = %(membership)s""",
        has_stand_in=False,
    ),
)

# Teams with people in them whose last lead has left: whoever manages is told once.
_WITHOUT_LEAD = """
SELECT accounts_keeper(team.organization_id, NULL), 'no-lead:' || last.id, (last.ended_at AT TIME ZONE %s)::date,
       left(replace(%s, '{team}', team.name), 300), %s, '', %s || team.id || '/lead/', NULL::date
FROM accounts_team team
CROSS JOIN LATERAL (SELECT id, membership_id, ended_at FROM accounts_leadperiod lead WHERE lead.team_id = team.id
                    ORDER BY ended_at DESC NULLS FIRST LIMIT 1) last
WHERE team.organization_id = %s AND team.archived_at IS NULL AND last.ended_at IS NOT NULL
  AND EXISTS (SELECT FROM accounts_placement WHERE team_id = team.id AND ended_at IS NULL)
  AND EXISTS (SELECT FROM accounts_accessperiod gone
              WHERE gone.membership_id = last.membership_id AND gone.ended_at = last.ended_at)
  AND NOT EXISTS (SELECT FROM accounts_accessperiod here
                  WHERE here.membership_id = last.membership_id AND here.ended_at IS NULL)
"""


def tell_without_lead(organization: Organization, *, at: dt.datetime) -> int:
    """Tell whoever manages that the lead of a team has left and nobody leads it; once for each; safe to run twice."""
    return notifications.tell_many(
        organization=organization,
        rule="team-without-lead",
        needs=Right.PEOPLE_MANAGE,
        query=_WITHOUT_LEAD,
        params=[
            organization.timezone,
            _("Nobody leads {team} any more"),
            _("Whoever led it has left. Until somebody does, nobody but you sees who of the team is late."),
            reverse("accounts:team-list", args=[organization.slug]),
            organization.pk,
        ],
        at=at,
    )
