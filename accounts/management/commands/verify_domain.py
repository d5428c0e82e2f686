"""Say, as the operator, that a mail domain is an organization's: where no name server can be asked."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import verify_email_domain
from accounts.models import EmailDomain
from operations import clock
from operations.errors import ActionRefused


class Command(BaseCommand):
    """The owner adds the domain first; the operator's word stands in for the DNS record, and is logged as such."""

    help = "Verify DOMAIN for an organization, by the operator's word instead of a DNS record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("domain", metavar="DOMAIN")
        parser.add_argument("--organization", required=True, metavar="SLUG", help="as in the address: /o/SLUG/")

    def handle(self, *args: Any, domain: str, organization: str, **options: Any) -> None:
        added = EmailDomain.objects.filter(domain=domain.strip().lower(), organization__slug=organization).first()
        if added is None:
            raise CommandError(f"{organization} has not added {domain}: an owner does, under Settings, Single sign-on.")
        try:
            verify_email_domain(domain=added, means=EmailDomain.Means.OPERATOR, by=None, at=clock.now())
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{added.domain} is verified for {organization}.")
