"""Where everybody starts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.models import Organization
from accounts.rights import Right


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send a signed-in person to their organization."""
    organization = Organization.objects.filter(memberships__user=request.user, locked_at__isnull=True).first()
    if organization is None:
        return render(request, "home/nowhere.html", status=200)
    return redirect(organization)


@require_safe
@require(Right.HOME_VIEW)
def organization_home(request: HttpRequest) -> HttpResponse:
    """The home of one person in one organization."""
    return render(request, "home/organization_home.html", {"membership": request.membership})
