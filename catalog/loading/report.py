"""What a load did."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """What loading did, per kind of row."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    retired: Counter[str] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.retired)
