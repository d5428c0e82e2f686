"""Public pages for machines."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations import clock, health, metrics


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


@login_not_required
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What Prometheus collects, for whoever says METRICS_TOKEN; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), settings.METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.as_text(at=clock.now()), content_type="text/plain; version=0.0.4; charset=utf-8")
