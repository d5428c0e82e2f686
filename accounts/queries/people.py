"""Finding people, and what a list says of each."""

import re
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField, Value

from accounts.models import AccessPeriod, GroupPeriod, LeadPeriod, Membership, Placement, User
from accounts.queries.among import IsAmong
from accounts.queries.standing import Standing, people_visible_to
from accounts.rights import Right


def people_reached(membership: Membership, standing: Standing) -> QuerySet[Membership]:
    """The people this person may look up: those their rights reach; whoever manages or audits sees who has left, too."""
    if {Right.PEOPLE_MANAGE, Right.AUDIT_VIEW} & standing.rights:
        return Membership.objects.filter(organization=membership.organization_id)
    return people_visible_to(membership, standing)


def people_searched(
    people: QuerySet[Membership],
    *,
    search: str = "",
    team_id: int | None = None,
    job_role_id: int | None = None,
    level: str = "",
    has_left: bool = False,
) -> QuerySet[Membership]:
    """Those of ``people`` who fit; each word of ``search`` begins a part of the name or the address."""
    access = AccessPeriod.objects.open().filter(membership=OuterRef("pk"))
    placement = Placement.objects.open().filter(membership=OuterRef("pk"))
    people = people.filter(~Exists(access) if has_left else Exists(access))
    if re.search(r"[^\W_]", search):
        people = people.filter(IsAmong(users_called(search).values("pk"), column="user_id"))
    if team_id:
        people = people.filter(Exists(placement.filter(team_id=team_id)))
    if job_role_id:
        people = people.filter(Exists(placement.filter(job_role_id=job_role_id)))
    if level and not has_left:
        people = people.filter(Exists(access.filter(level=level)))
    return people


def users_called(text: str) -> QuerySet[User]:
    """Users by the beginnings of words, through the index ``user_by_beginning_of_name``."""
    called = SearchVector("name", "email", config="simple")
    return User.objects.annotate(called=called).filter(called=_beginnings(text))


def listed(people: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same people with what a row of a list says: level, team, job role, teams led, groups; one query."""
    mine = OuterRef("pk")
    placement = Placement.objects.open().filter(membership=mine)
    level = AccessPeriod.objects.open().filter(membership=mine)
    leads = LeadPeriod.objects.open().filter(membership=mine).order_by("team__name")
    groups = GroupPeriod.objects.open().filter(membership=mine).order_by("group__position")
    return people.select_related("user").annotate(
        team_name=Subquery(placement.values("team__name")[:1]),
        job_role_name=Subquery(placement.values("job_role__name")[:1]),
        level=Subquery(level.values("level")[:1]),
        leads=ArraySubquery(leads.values("team__name")),
        signs_for=ArraySubquery(groups.values("group__name")),
    )


class _Lexemes(SearchQuery):
    """Text in the notation of ``tsquery``, taken as it stands (not parsed anew): an address stays one word."""

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.get_source_expressions()[-1])
        return f"{sql}::tsquery", params


def _beginnings(text: str) -> SearchQuery:
    """Each word as it was typed, or its parts (``O'Brien`` is two words in the index)."""
    words = [_beginning(word) for word in text.lower().split()[:8]]
    return _Lexemes(Value(" & ".join(word for word in words if word), output_field=TextField()))


def _beginning(word: str) -> str:
    parts = re.findall(r"[^\W_]+", word)
    if not parts:
        return ""
    whole = word.replace("\\", "").replace("\0", "").replace("'", "''")
    return f"('{whole}':* | ({' & '.join(f'{part}:*' for part in parts)}))"
