"""What every page's frame needs: navigation with counts, and the organizations to switch between."""

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, object]:
    """Navigation entries the person may open, and the organizations they belong to."""
    return {"navigation": [], "organizations": []}
