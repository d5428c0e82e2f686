"""Run on a database of its own: a manager, an auditor and members open each page of their organization that needs nothing more."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- once Django is set up
from django.test import Client  # noqa: E402
from django.urls import get_resolver, reverse  # noqa: E402

from accounts.models import Membership  # noqa: E402
from checklists.queries import differing_cells  # noqa: E402

WHO = ("Mara", "Ann", "Dev")


def names() -> list[str]:
    """The views whose address names the organization and nothing else."""
    found = []
    for namespace, (_prefix, resolver) in get_resolver().namespace_dict.items():
        found += [
            f"{namespace}:{name}"
            for name, options in resolver.reverse_dict.lists()
            if isinstance(name, str)
            and any(params == ["organization"] for option in options for _text, params in option[0])
        ]
    return sorted(found)


def main() -> int:
    opened, failed = 0, []
    people = Membership.objects.filter(access_periods__ended_at=None, user__name__in=WHO)
    for person in people.select_related("user", "organization").distinct():
        client = Client(raise_request_exception=False)
        client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        for name in names():
            answer = client.get(reverse(name, args=[person.organization.slug]))
            opened += answer.status_code == 200
            if answer.status_code >= 500:
                failed.append(f"{name} for {person.user}")
    call_command("verify_audit")
    failed += [f"count differs: {cell}" for cell in differing_cells()]
    sys.stdout.write("".join(f"WRONG {line}\n" for line in failed) + f"{opened} pages opened\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
