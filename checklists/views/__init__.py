"""Pages of checklists, by noun."""
