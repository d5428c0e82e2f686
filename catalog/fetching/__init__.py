"""Fetching a page of a vendor safely, and telling a page from what only came in its place. Knows no database."""
