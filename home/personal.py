"""What the home holds about a person: nothing of its own."""

HELD = ()
NOTHING = {
    "home_setuplink.answers": "which of the offered answers somebody who works alone chose",
    "home_calendarfeed.token_sha256": "a digest of chance",
}
