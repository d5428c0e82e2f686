"""Calling servers of others within limits: of addresses, of time and of size. Knows no database."""
