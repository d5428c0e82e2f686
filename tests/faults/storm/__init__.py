"""A storm: many people at once on several processes, while these are killed and what they rest on breaks.

``python -m tests.faults.storm --help``; ``make faults`` runs it for minutes, ``tests/faults/test_storm.py`` for seconds.
"""
