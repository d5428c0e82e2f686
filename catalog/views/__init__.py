"""Policies: which there are, how they stand, their versions, and what changed between two of them."""

from catalog.views.sources import source_detail, source_list
from catalog.views.versions import version_add, version_compare

__all__ = ["source_detail", "source_list", "version_add", "version_compare"]
