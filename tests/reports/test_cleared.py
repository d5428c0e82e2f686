"""Who may have access to a route, and who may no longer and why: as page, CSV and command, the same rows."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions as accounts
from audit.models import AuditEvent
from checklists import actions
from checklists.models import SettleRequest
from checklists.queries.cleared import cleared_for, no_longer_cleared_for
from governance import actions as governance
from operations import clock
from tests.cast import Company, company, signed_in
from tests.checklists.steps import answer_everything, checklist, decide, publish_change, route

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def acme() -> Company:
    """Two routes, of which everybody may use one and Engineering the other; everybody has answered."""
    then = clock.now() - dt.timedelta(days=60)
    acme = company(at=then)
    decide(acme, route("team-plan", "TP"), at=then)
    engineers = governance.LineOfScope(team_ids=frozenset({acme.engineering.pk}))
    decide(acme, route("code-plan", "CP"), at=then, lines=[engineers])
    actions.assign(checklist=checklist(acme, "privacy", ["Account?"], at=then), by=acme.mara, at=then)
    for person in (acme.dev, acme.mia, acme.tom, acme.sal, acme.finn):
        answer_everything(person, at=then + HOUR)
    settle(acme, at=then + 2 * HOUR)
    return acme


def settle(acme: Company, *, at: dt.datetime) -> None:
    members = list(acme.organization.memberships.values_list("pk", flat=True))
    actions.settle_people(organization=acme.organization, members=members, at=at)


def lost(acme: Company, code: str, *, days: int = 90) -> dict[str, str]:
    at = clock.now()
    rows = no_longer_cleared_for(
        acme.organization, route(code, ""), since=at - dt.timedelta(days=days), at=at, limit=100
    )
    return {row.name: row.why for row in rows}


def cleared(acme: Company, code: str) -> set[str]:
    return {row.name for row in cleared_for(acme.organization, route(code, ""))}


def test_each_way_of_losing_it_is_named(acme: Company) -> None:
    assert cleared(acme, "team-plan") == {"Dev", "Mia", "Tom", "Sal", "Finn"}
    now = clock.now()
    accounts.place(membership=acme.mia, team=acme.sales, job_role=acme.seller, by=acme.mara, at=now)
    accounts.end_membership(membership=acme.sal, by=acme.olga, at=now)
    settle(acme, at=now)

    assert lost(acme, "code-plan") == {"Mia": "No decision covers their team and job role any more."}
    assert lost(acme, "team-plan").keys() == {"Sal", "Finn"}
    assert lost(acme, "team-plan")["Sal"].startswith("Left on ")
    assert not lost(acme, "code-plan", days=-1), "before the day that was asked for"
    assert cleared(acme, "code-plan") == {"Dev", "Tom"}

    made = acme.organization.checklists.get()
    aside = checklist(acme, "team-plan-only", ["Seat?"], at=now)  # asked for the other route alone
    actions.assign(checklist=aside, route=route("team-plan", ""), by=acme.mara, at=now)
    publish_change(made, acme, made.versions.get().listed_items.get().item_id, editorial=False, at=now)
    settle(acme, at=now)
    assert "Account?" in lost(acme, "code-plan")["Dev"]
    publish_change(aside, acme, aside.versions.get().listed_items.get().item_id, editorial=False, at=now)
    decision = acme.organization.decisions.get(route__key="code-plan")
    governance.suspend(decision=decision, by=acme.mara, reason="A leak.", at=now)
    settle(acme, at=now)
    assert lost(acme, "code-plan")["Dev"] == "The decision on the route is suspended."
    governance.resume(decision=decision, by=acme.mara, reason="None.", at=now + HOUR)
    answer_everything(acme.dev, at=now + HOUR)
    assert "Dev" not in lost(acme, "code-plan"), "cleared anew"
    assert cleared(acme, "code-plan") == {"Dev"}


def test_page_csv_and_command_say_the_same(acme: Company) -> None:
    accounts.end_membership(membership=acme.mia, by=acme.olga, at=clock.now())
    settle(acme, at=clock.now())
    waits_since = clock.now() - HOUR
    SettleRequest.objects.filter(organization=acme.organization).delete()
    SettleRequest.objects.create(organization=acme.organization, requested_at=waits_since)
    pk = route("code-plan", "").pk
    address = f"/o/acme/routes/{pk}/cleared/"
    auditor = signed_in(acme.ann)

    with CaptureQueriesContext(connection) as asked:
        gone = auditor.get(f"{address}?which=no-longer").content.decode()
    assert len(asked) <= 12
    assert "Mia" in gone
    assert "Left on " in gone
    assert "Dev" not in gone.split("<main", 1)[1]
    assert "dev@acme.example" in auditor.get(address).content.decode()
    assert address in auditor.get(f"/o/acme/routes/{pk}/").content.decode()
    response = auditor.post(f"{address}export/")
    file = b"".join(response.streaming_content).decode()
    assert "Who may have access" in file
    as_of = f"{waits_since.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M:%S}"
    assert f"As of,{as_of} Europe/Berlin" in file, "what came since is not settled yet"
    assert "yes,Dev,dev@acme.example,Engineering" in file
    assert "no,Mia,mia@acme.example" in file
    assert AuditEvent.objects.get(action="report.exported").target == "report:cleared"

    printed, beside = io.StringIO(), io.StringIO()
    call_command("cleared", "--route", "code-plan", "--organization", "acme", stdout=printed, stderr=beside)
    assert f"As of {waits_since:%Y-%m-%d %H:%M:%S} UTC" in beside.getvalue()
    assert "yes\tDev\tdev@acme.example\tEngineering" in printed.getvalue()
    assert "no\tMia\tmia@acme.example" in printed.getvalue()
    printed = io.StringIO()
    call_command("cleared", "--route", str(pk), "--format", "csv", stdout=printed)
    assert "Rows here,3" in printed.getvalue()
    assert f"As of,{as_of} Europe/Berlin" in printed.getvalue()
    for wrong in (["--route", "nothing"], ["--route", "code-plan", "--since", "soon"]):
        with pytest.raises(CommandError):
            call_command("cleared", *wrong)
