"""One of everything: what the URL walk opens. A new address with an object in it adds its line to ``OBJECTS``.

Acme is the company of ``tests/cast.py``. Beside it stand Globex, whose owner is the outsider, and the operator.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from accounts import actions as accounts
from accounts.links import token_of
from accounts.models import Invitation, Membership, User
from audit.actions import snapshot_digest
from catalog import actions as catalog
from catalog.models import AccessRoute
from governance import actions as governance
from governance.models import RouteDecision
from governance.queries.submissions import frozen_content
from operations import clock
from tests.cast import PASSWORD, Company, company
from tests.factories import make_route


@dataclass
class World:
    """Acme with one of everything, and who comes by."""

    acme: Company
    globex: Company
    operator: User
    invitation: Invitation
    route: AccessRoute
    draft: RouteDecision
    submitted: RouteDecision

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
            "auditor": self.acme.ann,
            "manager": self.acme.mara,
            "owner": self.acme.olga,
            "operator": self.operator,
        }


def build() -> World:
    """Everything, through the real actions; it began two months ago."""
    then = clock.now() - dt.timedelta(days=60)
    acme = company("acme", then)
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
    draft, submitted = (_decision(acme, route, at=then) for route in (own, shipped))
    content, bases = frozen_content(submitted)
    submitted = governance.submit(
        decision=submitted, by=acme.mara, shown_sha256=snapshot_digest(content, bases=bases), at=then
    )
    return World(
        acme=acme,
        globex=company("globex", then),
        operator=User.objects.create_user("operator@wayleave.example", PASSWORD, name="Opal", is_staff=True),
        invitation=accounts.invite(email="new@acme.example", by=acme.mara, at=clock.now()),
        route=own,
        draft=draft,
        submitted=submitted,
    )


def _decision(acme: Company, route: AccessRoute, *, at: dt.datetime) -> RouteDecision:
    decision = governance.propose(route=route, by=acme.mara, at=at)
    governance.set_scope(decision=decision, lines=[governance.LineOfScope()], by=acme.mara, at=at)
    return governance.edit(decision=decision, by=acme.mara, why="One vendor.", conditions="No secrets.", at=at)


# By view name → the arguments of its address, for every address that names an object.
OBJECTS: dict[str, Callable[[World], dict[str, object]]] = {
    "accounts:invitation-accept": lambda world: {"token": token_of(world.invitation)},
    "accounts:invitation-resend": lambda world: {"pk": world.invitation.pk},
    "accounts:invitation-withdraw": lambda world: {"pk": world.invitation.pk},
    "accounts:person-detail": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-end": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-group-leave": lambda world: {"pk": world.acme.lea.pk, "group": world.acme.legal.pk},
    "accounts:person-groups": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-level": lambda world: {"pk": world.acme.mia.pk},
    "accounts:person-place": lambda world: {"pk": world.acme.mia.pk},
    "accounts:team-archive": lambda world: {"pk": world.acme.sales.pk},
    "accounts:team-edit": lambda world: {"pk": world.acme.sales.pk},
    "accounts:team-lead": lambda world: {"pk": world.acme.sales.pk},
    "governance:decision-detail": lambda world: {"pk": world.draft.pk},
    "governance:decision-edit": lambda world: {"pk": world.draft.pk},
    "governance:decision-propose": lambda world: {"pk": world.route.pk},
    "governance:decision-resume": lambda world: {"pk": world.draft.pk},
    "governance:decision-retire": lambda world: {"pk": world.draft.pk},
    "governance:decision-submit": lambda world: {"pk": world.draft.pk},
    "governance:decision-suspend": lambda world: {"pk": world.draft.pk},
    "governance:decision-withdraw": lambda world: {"pk": world.submitted.pk},
    "governance:fact-add": lambda world: {"pk": world.route.pk},
    "governance:route-detail": lambda world: {"pk": world.route.pk},
    "governance:sign-off-sign": lambda world: {"pk": world.submitted.sign_off_id},
}
