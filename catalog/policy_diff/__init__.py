"""What a vendor changed between two versions of a page: no database, no network, in bounded time.

``documents`` reads Markdown and HTML into the same clauses; ``alignment`` finds each clause again; ``words`` compares its
sentences; ``signals`` says what is heavy about it, by ``rules.yaml``; ``comparing`` puts it together; ``rendering`` writes it.
"""
