"""Whether the demo company is there yet."""

from django.conf import settings

from accounts.models import Organization


def is_demo_on_its_way() -> bool:
    """Whether ./run serves pages already and is still making the demo company; once made, also removed, it is not."""
    return settings.DEMO and not Organization.objects.filter(is_demo=True).exists()


def was_demo_removed() -> bool:
    """Whether there was a demo company, and it is locked and hidden for good."""
    return Organization.objects.filter(is_demo=True, locked_at__isnull=False).exists()
