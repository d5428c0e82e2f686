"""What makes two commands enough: PostgreSQL and Valkey without installing them, and the supervisor behind ./run.

Knows nothing of the apps: it is given commands to run and an address to ask how they do.
"""
