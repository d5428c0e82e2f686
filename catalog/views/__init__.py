"""Policies: which there are, how they stand, their versions, what changed between two of them, and how they are fetched."""

from catalog.views.operate import operate_held_back_accept, operate_source_fetch, operate_sources
from catalog.views.own_sources import source_add, source_edit, source_restore, source_retire
from catalog.views.sources import citation_place, held_back_accept, source_detail, source_fetch, source_list
from catalog.views.versions import version_add, version_compare, version_open

__all__ = [
    "citation_place",
    "held_back_accept",
    "operate_held_back_accept",
    "operate_source_fetch",
    "operate_sources",
    "source_add",
    "source_detail",
    "source_edit",
    "source_fetch",
    "source_list",
    "source_restore",
    "source_retire",
    "version_add",
    "version_compare",
    "version_open",
]
