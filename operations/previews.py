"""Small pictures of files that people bring, drawn by a program of its own (``operations/drawing.py``) and kept beside them."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.http import FileResponse

DRAWING = Path(__file__).with_name("drawing.py")
IMAGES = frozenset({"image/png", "image/jpeg", "image/webp"})
DRAWN = IMAGES | {"application/pdf"}
PATIENCE = 15  # seconds

NO_PICTURE: Final = 3
TOO_MANY_PIXELS: Final = 4


def draw(file: File, *, content_type: str) -> tuple[int, bytes]:
    """What became of drawing a file, 0 if it worked, and the picture.

    :param content_type: as it was found by content, one of ``DRAWN``.
    """
    command = [sys.executable, "-I", str(DRAWING), content_type]
    with TemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 -- our own program; what people wrote is its standard input only
                command, stdin=copy, capture_output=True, env={}, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return -1, b""
    return done.returncode, done.stdout


def preview_path(organization_id: object, sha256: str) -> str:
    """Where the picture of a file lies: one per organization and content."""
    return f"{organization_id}/previews/{sha256[:2]}/{sha256}"


def keep_preview(organization_id: object, sha256: str, picture: bytes) -> None:
    """Write a picture; the same file has one already."""
    path = preview_path(organization_id, sha256)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(picture))


def as_picture(organization_id: object, sha256: str) -> FileResponse:
    """The picture, shown as nothing but a picture.

    :raises FileNotFoundError: when there is none.
    """
    with default_storage.open(preview_path(organization_id, sha256), "rb") as kept:
        response = FileResponse(BytesIO(kept.read()), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
