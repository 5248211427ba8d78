"""OpenSSL's errors in nginx's words."""

from __future__ import annotations

import pytest
from OpenSSL import SSL

from ngxpush.server.tls.words import error_words, is_of_other_side, verification_words

_SSL = "SSL routines"


@pytest.mark.parametrize(
    ("reasons", "words", "of_other_side"),
    [
        ([(_SSL, "", "wrong version number")], "error:0A00010B:SSL routines::wrong version number", True),
        (
            [(_SSL, "", "tls alert handshake failure")],
            "error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40",
            True,
        ),
        (
            [(_SSL, "", "ssl/tls alert bad certificate")],
            "error:0A000412:SSL routines::sslv3 alert bad certificate:SSL alert number 42",
            True,
        ),
        (
            [(_SSL, "", "tlsv1 unrecognized name")],
            "error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112",
            False,
        ),
        (
            [(_SSL, "", "data length too long"), (_SSL, "", "record layer failure")],
            "error:0A0000C6:SSL routines::packet length too long",
            False,
        ),
        ([], "", False),
    ],
)
def test_errors(reasons: list[tuple[str, str, str]], words: str, of_other_side: bool) -> None:
    error = SSL.Error(reasons)
    assert (error_words(error), is_of_other_side(error)) == (words, of_other_side)


def test_verification() -> None:
    assert verification_words(18) == "self-signed certificate"
    assert verification_words(9999) == "unspecified certificate verification error"
