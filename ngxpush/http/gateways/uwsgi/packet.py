"""A request of the uwsgi protocol (its specification: https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html)."""

from __future__ import annotations

from ..cgi.parameters import Pairs

_MOST = 0xFFFF


class TooBigRequest(ValueError):
    """The parameters do not fit into a packet. The message is nginx's."""


def packet(modifier1: int, modifier2: int, pairs: Pairs, text: bytes) -> bytes:
    """The packet with these parameters; the body follows it.

    text: what uwsgi_string adds to the parameters. Raises TooBigRequest.
    """
    content = b"".join(_string(name) + _string(value) for name, value in pairs) + text
    if len(content) > _MOST:
        raise TooBigRequest(b"uwsgi request is too big: %d" % len(content))
    return bytes((modifier1,)) + len(content).to_bytes(2, "little") + bytes((modifier2,)) + content


def _string(text: bytes) -> bytes:
    # The length of one that is too long is not sent: it makes the whole packet too big.
    return (len(text) & _MOST).to_bytes(2, "little") + text
