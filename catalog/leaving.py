"""What of the catalog waits for somebody who leaves."""

from django.utils.translation import ngettext_lazy as _n

from operations.leaving import Waits

WAITS = (
    Waits(
        _n(
            "%(count)d source of policies that they look after",
            "%(count)d sources of policies that they look after",
            "count",
        ),
        """SELECT count(*) FROM catalog_policysource it
           WHERE it.organization_id = %(organization)s AND it.retired_at IS NULL
             AND accounts_keeper(it.organization_id, it.keeper_id) = %(membership)s""",
    ),
)
