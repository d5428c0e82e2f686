"""Use cases above all apps: founding an organization with everything it begins with, the operator, the demo company."""

from home.actions.operators import make_operator
from home.actions.set_up import make_link, set_up

__all__ = ["make_link", "make_operator", "set_up"]
