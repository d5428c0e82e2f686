"""What is sent is read as UTF-8, whatever it says it is."""

from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIRequest

from config.wsgi import read_as_utf8

IN_PARTS = '--x\r\nContent-Disposition: form-data; name="typed"\r\n\r\n\\ud800ü\r\n--x--\r\n'


def read(body: str, content_type: str) -> WSGIRequest:
    """The request as Django gets it, with a query."""
    sent = body.encode()
    asked: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": "next=%C3%BC",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": BytesIO(sent),
    }
    setup_testing_defaults(asked)
    got: list[WSGIRequest] = []

    def serve(asked: dict[str, Any], _start_response: Any) -> list[bytes]:
        got.append(WSGIRequest(asked))
        return []

    read_as_utf8(serve)(asked, None)
    return got[0]


@pytest.mark.parametrize("called", ["hex", '"unicode_escape"', "undefined", "UTF-16", "utf-8", "nothing-known"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; charset={}; boundary=x", IN_PARTS),
        ("multipart/form-data; boundary=x;CHARSET*=utf-8''{}", IN_PARTS),
        ("application/x-www-form-urlencoded ; charset = {}", r"typed=\ud800%C3%BC"),
    ],
)
def test_a_form_is_read_as_utf8_whatever_it_calls_itself(kind: str, body: str, called: str) -> None:
    request = read(body, kind.format(called))

    assert request.POST["typed"] == r"\ud800ü"
    assert request.GET["next"] == "ü"
