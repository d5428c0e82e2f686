"""Files that people bring: which are taken is decided by what is in them, not by what they are called."""

import codecs
import datetime as dt
import hashlib
import mimetypes
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email.parser import BytesParser
from functools import partial
from io import BytesIO
from pathlib import PurePath
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import DefusedXMLParser
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from operations.errors import ActionRefused
from operations.forms import file_name
from operations.models import KeptFile

MEGABYTE = 1024 * 1024
LARGEST_FILE = 10 * MEGABYTE
LONGEST_NAME = 200
KEPT_UNKNOWN = dt.timedelta(days=1)
# Of an Office file: where it says what its parts are, how much it may say (unpacked), and what it calls programs there.
CONTENT_TYPES = "[Content_Types].xml"
LARGEST_SAID = 4 * MEGABYTE
PROGRAMS = ("macro", "vba")
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"


@dataclass(frozen=True)
class Found:
    """What a file was found to be.

    :ivar content_type: of a file whose name says what is in it; empty where it is something else.
    :ivar suffix: how the name of a file with this content ends, as far as that can be told.
    :ivar has_macros: whether it brings a program along.
    """

    content_type: str
    suffix: str = ""
    has_macros: bool = False


def look_into(file: UploadedFile) -> Found:
    """What is in a file whose name is of a kind that is taken.

    :raises ActionRefused: when it is empty, too large, or called like none of the kinds that are taken.
    """
    if not file.size:
        raise ActionRefused(_("“%(name)s” is empty.") % {"name": file.name})
    if file.size > LARGEST_FILE:
        raise ActionRefused(too_large(file.name or ""))
    suffix = PurePath(file.name or "").suffix.lower()
    if suffix not in KINDS:
        raise _cannot_be_kept(file)
    content_type, fits = KINDS[suffix]
    if fits(file):
        found = Found("" if _has_macros(file) else content_type, suffix, _has_macros(file))
    else:
        found = Found("", next((other for other, (_type, also) in KINDS.items() if also(file)), ""))
    file.seek(0)
    return found


def check_file(file: UploadedFile) -> str:
    """The content type of a file that may be kept.

    :raises ActionRefused: when it is empty, too large, or its content is not of a kind that is taken.
    """
    content_type = look_into(file).content_type
    if not content_type:
        raise _cannot_be_kept(file)
    return content_type


def too_large(name: str) -> str:
    """Why a file is not taken, in a sentence."""
    return _("“%(name)s” is larger than %(size)d MB; send a link, or a smaller file.") % {
        "name": name,
        "size": LARGEST_FILE // MEGABYTE,
    }


def _cannot_be_kept(file: UploadedFile) -> ActionRefused:
    return ActionRefused(_("“%(name)s” can't be kept. %(allowed)s") % {"name": file.name, "allowed": allowed_words()})


def allowed_words() -> str:
    """Which files are taken, and how large."""
    return _(
        "PDF, PNG, JPEG, WebP, plain text, Markdown, CSV, Word, Excel, PowerPoint, OpenDocument text or an e-mail (.eml); "
        "up to %(size)d MB each."
    ) % {"size": LARGEST_FILE // MEGABYTE}


def type_of_paper(content: bytes) -> str:
    """The content type of a PDF or a Word document, by what is in it; empty for anything else."""
    file = ContentFile(content)
    return next((kind for kind, fits in (KINDS[".pdf"], KINDS[".docx"]) if fits(file)), "")


def digest_of(file: UploadedFile) -> str:
    """The SHA-256 of a file's content."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def digest_of_link(link: str) -> str:
    """What a link is known by, as a file is by its content."""
    return hashlib.sha256(link.encode()).hexdigest()


def keep_file(row: KeptFile, file: UploadedFile, *, content_type: str) -> None:
    """Write a file that was checked, and the row that speaks of it. A disk rolls nothing back: whoever does more in the
    same transaction removes the file when that fails.

    :param row: new, with whatever its own table needs besides the file.
    :param content_type: of :func:`check_file`.
    """
    row.name, row.content_type = file_name(file.name or "", longest=LONGEST_NAME), content_type
    row.sha256, row.size = digest_of(file), file.size or 0
    file.seek(0)
    row.file.save(row.name, file, save=False)
    row.save()


def as_attachment(row: KeptFile) -> FileResponse:
    """The file of a row, to be saved and never shown or run in the browser."""
    name = row.name or _("file") + (mimetypes.guess_extension(row.content_type) or "")  # whoever named it was erased
    return _attached(row.file.open("rb"), name)


def bytes_as_attachment(content: bytes, *, name: str) -> FileResponse:
    """The same of bytes that a row holds itself."""
    return _attached(BytesIO(content), name)


def _attached(file: Any, name: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def remove_after_commit(paths: Collection[str]) -> None:
    """Remove files of which no row speaks any more once the transaction is committed; what a worker that is killed right
    then leaves is found by :func:`remove_unknown`."""
    for path in paths:
        transaction.on_commit(partial(default_storage.delete, path), robust=True)


def remove_unknown(folder: str, *, known: Callable[[Collection[str]], Collection[str]], at: dt.datetime) -> int:
    """Remove the files below a folder that no row speaks of: what was written when a worker was killed before it could
    commit. Younger than a day they may be on their way. Returns how many.

    :param known: which of these paths a row speaks of.
    """
    return sum(_remove_unknown(inner, known, at) for inner in _folders(folder))


def _folders(path: str) -> list[str]:
    try:
        return [f"{path}/{name}" for name in default_storage.listdir(path)[0]]
    except FileNotFoundError:  # nothing was ever put there
        return []


def _remove_unknown(folder: str, known: Callable[[Collection[str]], Collection[str]], at: dt.datetime) -> int:
    files = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    old = {path for path in files if _age(path, at) > KEPT_UNKNOWN}
    left_over = old - set(known(old))
    for path in left_over:
        default_storage.delete(path)
    return len(left_over)


def _age(path: str, at: dt.datetime) -> dt.timedelta:
    try:
        return at - default_storage.get_modified_time(path)
    except FileNotFoundError:  # another worker has removed it
        return dt.timedelta()


def _begins(*signatures: bytes) -> Callable[[File], bool]:
    def fits(file: File) -> bool:
        file.seek(0)
        return file.read(16).startswith(signatures)

    return fits


def _is_webp(file: File) -> bool:
    file.seek(0)
    head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def _is_text(file: File) -> bool:
    """UTF-8, or UTF-16 that says so; read piece by piece."""
    file.seek(0)
    is_wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-16" if is_wide else "utf-8")()
    try:
        for chunk in file.chunks():
            if b"\0" in chunk and not is_wide:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_mail(file: File) -> bool:
    """Begins with the lines of an e-mail: from whom, and when."""
    file.seek(0)
    head = BytesParser().parsebytes(file.read(64 * 1024), headersonly=True)
    return "from" in head and "date" in head


def _names_in(file: File) -> list[str]:
    """What an archive holds, by its own list; nothing of it is unpacked."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # damaged in one of its many ways
        return []


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """:raises zipfile.BadZipFile: it is damaged, locked, or packed as no document is."""
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile
    try:
        return archive.read(part)
    except (zlib.error, EOFError, RuntimeError) as error:
        raise zipfile.BadZipFile from error


class _Said:
    """Takes of a part's XML, element by element, what it says other parts are (``ContentType``) or are for (``Type``)."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        self.kinds |= {attributes[name].lower() for name in ("ContentType", "Type") if name in attributes}

    def close(self) -> set[str]:
        return self.kinds


def _kinds_said(file: File) -> set[str] | None:
    """What an Office file says of its parts, wherever they lie and whatever they are called; None where that can't be read."""
    said: set[str] = set()
    left = LARGEST_SAID
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            for part in archive.infolist():
                if not part.filename.lower().endswith((CONTENT_TYPES.lower(), ".rels")):
                    continue
                left -= part.file_size  # more than it states is never read
                if left < 0:
                    return None
                parser = DefusedXMLParser(target=_Said())
                parser.feed(_read(archive, part))
                said |= parser.close()
    except (zipfile.BadZipFile, NotImplementedError, ParseError, LookupError, ValueError):
        return None  # damaged, locked, or made to harm
    return said


def _has_macros(file: File) -> bool:
    """Whether a part is a program by what the file says of it, or by its usual name."""
    if any(PurePath(name).name.lower() == "vbaproject.bin" for name in _names_in(file)):
        return True
    return any(word in kind for kind in _kinds_said(file) or () for word in PROGRAMS)


def _is_open_document(file: File) -> bool:
    names = _names_in(file)
    if "mimetype" not in names:
        return False
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            said = archive.getinfo("mimetype")
            return said.file_size == len(OPEN_DOCUMENT) and _read(archive, said) == OPEN_DOCUMENT.encode()
    except zipfile.BadZipFile:
        return False


def _is_office(folder: str) -> Callable[[File], bool]:
    def fits(file: File) -> bool:
        names = _names_in(file)
        is_office = CONTENT_TYPES in names and any(name.startswith(f"{folder}/") for name in names)
        return is_office and _kinds_said(file) is not None

    return fits


KINDS: dict[str, tuple[str, Callable[[File], bool]]] = {
    ".pdf": ("application/pdf", _begins(b"%PDF-")),
    ".png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".webp": ("image/webp", _is_webp),
    ".eml": ("message/rfc822", _is_mail),
    ".txt": ("text/plain", _is_text),
    ".md": ("text/markdown", _is_text),
    ".csv": ("text/csv", _is_text),
    ".docx": (f"{OFFICE}wordprocessingml.document", _is_office("word")),
    ".xlsx": (f"{OFFICE}spreadsheetml.sheet", _is_office("xl")),
    ".pptx": (f"{OFFICE}presentationml.presentation", _is_office("ppt")),
    ".odt": (OPEN_DOCUMENT, _is_open_document),
}
