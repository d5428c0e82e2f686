"""The one table of rights: access level, leading a team, and sign-off groups, joined."""

from enum import StrEnum

from accounts.models import AccessPeriod, Organization

Level = AccessPeriod.Level


class Right(StrEnum):
    """What a page or an action may ask for."""

    HOME_VIEW = "home.view"
    LIST_ANSWER = "list.answer"
    ROUTE_VIEW = "route.view"
    ROUTE_ADD = "route.add"
    DECISION_VIEW = "decision.view"
    PROPOSAL_VIEW = "proposal.view"
    DECISION_PROPOSE = "decision.propose"
    DECISION_SUSPEND = "decision.suspend"
    SIGN_OFF_VIEW = "sign-off.view"
    SIGN_OFF_SIGN = "sign-off.sign"
    POLICY_VIEW = "policy.view"
    POLICY_EDIT = "policy.edit"
    CHECKLIST_VIEW = "checklist.view"
    CHECKLIST_EDIT = "checklist.edit"
    CHECKLIST_ASSIGN = "checklist.assign"
    SHARED_ANSWER = "shared.answer"
    REVIEW_VIEW = "review.view"
    REVIEW_CLOSE = "review.close"
    ADOPTION_RUN = "adoption.run"
    TEAM_PROGRESS_VIEW = "team-progress.view"
    TEAM_NUDGE = "team.nudge"
    PEOPLE_VIEW = "people.view"
    PEOPLE_MANAGE = "people.manage"
    PERSON_ERASE = "person.erase"
    ACCESS_GRANT = "access.grant"
    REPORT_VIEW = "report.view"
    AUDIT_VIEW = "audit.view"
    MAIL_VIEW = "mail.view"
    SETTINGS_EDIT = "settings.edit"


R = Right
_MEMBER = frozenset({R.HOME_VIEW, R.LIST_ANSWER, R.ROUTE_VIEW, R.DECISION_VIEW})
_READER = frozenset(
    {
        R.PROPOSAL_VIEW,
        R.SIGN_OFF_VIEW,
        R.POLICY_VIEW,
        R.CHECKLIST_VIEW,
        R.REVIEW_VIEW,
        R.TEAM_PROGRESS_VIEW,
        R.PEOPLE_VIEW,
        R.REPORT_VIEW,
        R.MAIL_VIEW,
    }
)
_MANAGER = frozenset(
    {
        R.ROUTE_ADD,
        R.DECISION_PROPOSE,
        R.DECISION_SUSPEND,
        R.POLICY_EDIT,
        R.CHECKLIST_EDIT,
        R.CHECKLIST_ASSIGN,
        R.SHARED_ANSWER,
        R.REVIEW_CLOSE,
        R.ADOPTION_RUN,
        R.TEAM_NUDGE,
        R.PEOPLE_MANAGE,
        R.AUDIT_VIEW,
    }
)

BY_LEVEL: dict[str, frozenset[Right]] = {
    Level.GUEST: frozenset({R.HOME_VIEW}),
    Level.MEMBER: _MEMBER,
    Level.AUDITOR: _MEMBER | _READER | {R.AUDIT_VIEW},
    Level.MANAGER: _MEMBER | _READER | _MANAGER,
    Level.OWNER: _MEMBER | _READER | _MANAGER | {R.PERSON_ERASE, R.ACCESS_GRANT, R.SETTINGS_EDIT},
}
OF_A_LEAD = frozenset({R.TEAM_PROGRESS_VIEW, R.TEAM_NUDGE, R.PEOPLE_VIEW})
OF_A_SIGNER = frozenset({R.PROPOSAL_VIEW, R.SIGN_OFF_VIEW, R.SIGN_OFF_SIGN, R.POLICY_VIEW})
# What names them as a party, and nothing else.
OF_AN_OUTSIDE_SIGNER = frozenset({R.SIGN_OFF_SIGN})


def rights_of(*, level: str | None, is_lead: bool, is_signer: bool) -> frozenset[Right]:
    """Everything a membership may do; nothing for one without an access level, whatever else it holds."""
    if level is None:
        return frozenset()
    if level == Level.GUEST:
        return BY_LEVEL[level] | (OF_AN_OUTSIDE_SIGNER if is_signer else frozenset())
    return BY_LEVEL[level] | (OF_A_LEAD if is_lead else frozenset()) | (OF_A_SIGNER if is_signer else frozenset())


def may_grant_level(held: frozenset[Right], level: str) -> bool:
    """Nobody grants more than they hold: every right of the level is among those held."""
    return BY_LEVEL[level] <= held


def may_grant_group(held: frozenset[Right]) -> bool:
    """Who signs is decided by those who may grant access, whether they sign themselves or not."""
    return Right.ACCESS_GRANT in held


def needs_password(*, level: str | None, is_signer: bool, is_solo: bool = False) -> bool:
    """Owners, managers and signers have a password, because what they do is confirmed with it.

    :param is_solo: whoever works alone on a machine of their own has nobody to prove it to.
    """
    return not is_solo and (is_signer or level in {Level.OWNER, Level.MANAGER})


def needs_second_factor(asked_of: str, *, level: str | None, is_signer: bool) -> bool:
    """Whether an organization requires a second factor of somebody; whoever signs from outside counts as a signer.

    :param asked_of: its ``second_factor``; never anything but nobody for whoever works alone.
    """
    if asked_of == Organization.SecondFactor.WHO_DECIDES:
        return is_signer or level in {Level.OWNER, Level.MANAGER, Level.GUEST}
    return asked_of == Organization.SecondFactor.EVERYBODY
