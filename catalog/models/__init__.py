"""What vendors say: tools, the routes to them, dated facts, and where each comes from."""

from catalog.models.clauses import Clause
from catalog.models.facts import Citation, CitedPlace, Claim, Fact, Profile
from catalog.models.flows import Hop, Node
from catalog.models.procedures import Procedure
from catalog.models.routes import AccessRoute, Tool
from catalog.models.sources import HeldBackText, PolicySource, PolicyVersion, SourceHealth, Topic

__all__ = [
    "AccessRoute",
    "Citation",
    "CitedPlace",
    "Claim",
    "Clause",
    "Fact",
    "HeldBackText",
    "Hop",
    "Node",
    "PolicySource",
    "PolicyVersion",
    "Procedure",
    "Profile",
    "SourceHealth",
    "Tool",
    "Topic",
]
