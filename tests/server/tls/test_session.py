"""Sessions as OpenSSL writes them."""

from __future__ import annotations

from ngxpush.server.tls.session import session_host, session_id


def _element(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes(2) if len(content) > 127 else bytes((len(content),))
    return bytes((tag,)) + (b"\x82" if len(content) > 127 else b"") + size + content


_START = _element(2, b"\1") + _element(2, b"\3\4") + _element(4, b"\x13\2") + _element(4, b"the id") + _element(4, b"key" * 99)


def test_what_is_in_a_session() -> None:
    session = _element(48, _START + _element(0xA1, _element(2, b"\7")) + _element(0xA6, _element(4, b"a.example")))
    assert (session_id(session), session_host(session)) == (b"the id", b"a.example")


def test_one_without_a_name() -> None:
    assert session_host(_element(48, _START)) is None


def test_no_session() -> None:
    assert (session_id(b""), session_host(b"")) == (b"", None)
