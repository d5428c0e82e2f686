"""A small picture of an image or of the first page of a PDF: run as a program of its own, which nothing else imports.

What people upload may be made to break whoever opens it. So it is opened here, in a process that may take little memory and
time, knows no setting and no secret, and dies with what it has opened: the file comes in as stdin, the picture goes to stdout.
The exit codes are those of :mod:`operations.previews`.
"""

import resource
import sys

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

PIXELS = 50_000_000
EDGE = 1200
MEMORY = 1024 * 1024 * 1024
SECONDS = 10
FORMATS = ("PNG", "JPEG", "WEBP")


def picture_of_image() -> Image.Image:
    """What an image shows, without anything that is written beside it, such as where it was taken."""
    Image.open(sys.stdin.buffer, formats=FORMATS).verify()
    sys.stdin.buffer.seek(0)
    image = Image.open(sys.stdin.buffer, formats=FORMATS)
    if image.width * image.height > PIXELS:
        raise Image.DecompressionBombError
    image.draft("RGB", (EDGE, EDGE))
    image.thumbnail((EDGE, EDGE))
    return ImageOps.exif_transpose(image)


def picture_of_pdf() -> Image.Image:
    """The first page."""
    page = pypdfium2.PdfDocument(sys.stdin.buffer)[0]
    picture: Image.Image = page.render(scale=min(2.0, EDGE / max(page.get_size()))).to_pil()
    return picture


def main() -> int:
    """Draw it and write it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        drawn = picture_of_pdf() if sys.argv[1] == "application/pdf" else picture_of_image()
    except Image.DecompressionBombError:
        return 4
    except (UnidentifiedImageError, OSError, SyntaxError):
        return 3
    bare = Image.new("RGB", drawn.size, "white")
    drawn = drawn.convert("RGBA")
    bare.paste(drawn, mask=drawn)
    bare.save(sys.stdout.buffer, "WEBP", quality=80)
    return 0


if __name__ == "__main__":
    sys.exit(main())
