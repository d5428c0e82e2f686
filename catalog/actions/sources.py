"""What an organization cites itself."""

import datetime as dt

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Membership
from audit import actions as audit
from audit import canonical
from catalog.models import PolicySource


@transaction.atomic
def add_source(*, by: Membership, title: str, url: str, at: dt.datetime) -> PolicySource:
    """A paper, page or person that the organization cites itself; the same one is kept once."""
    key = f"{slugify(title)[:80]}-{canonical.digest(canonical.dumps([title, url]))[:12]}"
    source, is_new = PolicySource.objects.get_or_create(
        organization=by.organization, key=key, defaults={"title": title, "url": url}
    )
    if is_new:
        audit.record(
            "source.added", by=by.user_id, organization_id=by.organization_id, at=at, target=f"source:{source.pk}"
        )
    return source
