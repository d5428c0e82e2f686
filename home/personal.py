"""What the home holds about a person: nothing of its own."""

HELD = ()
NOTHING = {"home_setuplink.answers": "which of the offered answers somebody who works alone chose"}
