"""What the home holds about a person: that they have a calendar link."""

from django.utils.translation import gettext_lazy as _

from operations.personal import Held

HELD = (
    Held(
        key="calendar",
        what=_("That you made a link for your calendar, and when it ended; the link itself is not kept"),
        why=_("So that your calendar shows what is due, and nobody else's."),
        who=_("You alone."),
        how_long=_("Until %(years)d years after you leave."),
        erased=_("Goes."),
        columns=("home_calendarfeed.token_sha256",),
        rows="""SELECT made_at, ended_at FROM home_calendarfeed
                WHERE organization_id = %(organization)s AND membership_id = %(membership)s ORDER BY id""",
        erase=(
            """DELETE FROM home_calendarfeed
               WHERE organization_id = %(organization)s AND membership_id = %(membership)s""",
        ),
    ),
)
NOTHING = {"home_setuplink.answers": "which of the offered answers somebody who works alone chose"}
