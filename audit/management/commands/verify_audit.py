"""Walk the audit chain and name the first broken row."""

import sys
from argparse import ArgumentParser
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from audit import chain, guards


class Command(BaseCommand):
    """Exit status 0: every chain is whole; 1: a row is broken, and which; 2: the database could not be asked."""

    help = "Walk the audit chain of one organization, or of all and the installation's; exit status 0 or 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this organization")

    def handle(self, *args: object, organization: str | None = None, **options: object) -> None:
        try:
            whole = self._walk(organization)
        except OperationalError as error:
            raise CommandError(f"The database does not answer, nothing was checked: {error}", returncode=2) from error
        if not whole:
            sys.exit(1)

    def _walk(self, organization: str | None) -> bool:
        whole = True
        for trigger in guards.missing():
            whole = False
            self.stdout.write(f"BROKEN  {trigger}: this guard is missing or switched off")
        for of_chain in self._chains(organization):
            whole = self._report(of_chain) and whole
        return whole

    def _chains(self, slug: str | None) -> list[UUID]:
        if slug is None:
            return chain.chains()
        # The organization's table is above this app: its id is read by name, without importing its model.
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM accounts_organization WHERE slug = %s", [slug])
            row = cursor.fetchone()
        if row is None:
            raise CommandError(f"no organization has the address {slug!r}")
        return [row[0]]

    def _report(self, of_chain: UUID) -> bool:
        verdict = chain.verify(of_chain)
        name = "installation" if of_chain == chain.INSTALLATION else str(of_chain)
        if verdict.broken:
            self.stdout.write(f"BROKEN  {name}: {verdict.broken}")
            return False
        erased = f", {verdict.erased} texts erased" if verdict.erased else ""
        self.stdout.write(f"whole   {name}: {verdict.events} events, head {verdict.head[:16] or '-'}{erased}")
        return True
