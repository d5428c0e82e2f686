"""How devstack says no."""


class Refused(Exception):
    """Starting is not possible; the message is one line that says what to do. Nothing was left running."""
