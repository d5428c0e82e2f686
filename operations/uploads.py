"""Files as they come in: what is too large is let go while it is read, before it fills a disk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from operations.files import LARGEST_FILE, MEGABYTE

ALL_TOGETHER = 50 * MEGABYTE


class BoundedUpload(FileUploadHandler):
    """Lets go of a file as soon as it, or all of a form together, is larger than is taken; ``too_large`` on the request
    names those."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.too_large: list[str] = []
        self.left = ALL_TOGETHER
        vars(request)["too_large"] = self.too_large

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        self.left -= len(raw_data)
        if self.size > LARGEST_FILE or self.left < 0:
            self.too_large.append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def bounded_uploads(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view whose form takes files; outermost, since the form is read where its token is looked for."""

    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.upload_handlers.insert(0, BoundedUpload(request))
        return csrf_protect(view)(request, *args, **kwargs)

    return csrf_exempt(bounded)
