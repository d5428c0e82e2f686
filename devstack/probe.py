"""``python -m devstack.probe URL [NAME]``: exit status 0 when the page answers well, or does not ask for NAME's restart."""

import sys
import urllib.error
import urllib.request

from devstack.supervisor import ask_what_to_restart


def main(arguments: list[str]) -> int:
    """For container health checks: the image has no curl."""
    address, *names = arguments
    if names:
        return int(bool(set(names) & set(ask_what_to_restart(address))))
    try:
        with urllib.request.urlopen(address, timeout=3):  # noqa: S310 -- an address from the compose file
            return 0
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
