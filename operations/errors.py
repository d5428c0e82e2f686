"""How an action says no."""


class ActionRefused(Exception):
    """The action would break a rule; the message is a sentence for the person who tried. Nothing was changed."""
