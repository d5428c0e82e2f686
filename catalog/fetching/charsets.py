"""In what an answer is written: as its header says, as it begins, or as its own head says; where that is wrong, what fits."""

import re
from collections.abc import Iterator

# Of the names that Python knows, those that browsers know too; others would be read as something that is no text.
_KNOWN = re.compile(
    r"(utf-?8|utf-?16(-?[lb]e)?|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?125\d|cp125\d|koi8-?[ru]|mac-?roman"
    r"|shift[-_]jis|euc-(jp|kr)|iso-2022-jp|gbk|gb2312|gb18030|big5)",
    re.IGNORECASE,
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)
_HEAD = 4096


def charset_of(content: bytes, content_type: str) -> str:
    """The first of what is said and what is usual in which it can be read; it is kept with the bytes.

    What reads as UTF-8 is UTF-8, whichever old table of 256 letters it is said to be in: in one of those it would hardly
    ever read so, and many servers name one for everything they send.
    """
    for name in (*_said(content, content_type), "utf-8", "windows-1252"):
        if _reads(content, name) and not _is_rather_utf_8(content, name):
            return name
    return "latin-1"


def _said(content: bytes, content_type: str) -> Iterator[str]:
    # First, as in browsers: it is a part of what came.
    if content.startswith(b"\xef\xbb\xbf"):
        yield "utf-8-sig"
    elif content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield "utf-16"
    header, head = _DECLARED.search(content_type), _META.search(content[:_HEAD])
    if header and _KNOWN.fullmatch(header[1]):
        yield header[1].lower()
    # A head that could be read to here is not written in two bytes a letter, whatever it says.
    if head and _KNOWN.fullmatch(head[1].decode()) and not head[1].lower().startswith(b"utf-16"):
        yield head[1].decode().lower()


def _reads(content: bytes, name: str) -> bool:
    try:
        return "\0" not in content.decode(name)
    except (UnicodeError, LookupError):
        return False


def _is_rather_utf_8(content: bytes, name: str) -> bool:
    is_of_one_byte = re.match(r"iso-?8859|latin|windows|cp|koi8|mac|(us-)?ascii", name) is not None
    return is_of_one_byte and not content.isascii() and _reads(content, "utf-8")
