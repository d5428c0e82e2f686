"""Two public pages for machines."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations import clock, health


@login_not_required
@never_cache
@require_safe
def process(request: HttpRequest) -> JsonResponse:
    """This process answers; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Every part is well (200), or which is not (503), and what should be restarted."""
    parts = health.check_all(at=clock.now())
    sick = [part for part in parts if not part.is_well]
    body = {
        "status": "sick" if sick else "ok",
        "sick": [part.part for part in sick],
        "parts": {part.part: part.says for part in parts},
        "restart": sorted({name for part in sick for name in part.restart}),
    }
    return JsonResponse(body, status=503 if sick else 200)
