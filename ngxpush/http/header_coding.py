"""Texts and numbers in heads of HTTP/2 (HPACK, RFC 7541), as nginx writes and reads them."""

from __future__ import annotations

from hpack.exceptions import HPACKDecodingError
from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from hpack.huffman_table import decode_huffman

_HUFFMAN = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)

MOST_MORE_BYTES = 3
"""Bytes that nginx reads of a number after its first one."""

# nginx takes whole bytes of padding, too, if they are no end-of-string symbol (30 bits).
_MOST_PADDING_BYTES = 3


def encoded_number(first: int, prefix: int, value: int) -> bytes:
    """A number whose first byte has `prefix` bits for it, and those of `first`."""
    most = (1 << prefix) - 1
    if value < most:
        return bytes((first | value,))
    value -= most
    encoded = bytearray((first | most,))
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def plain_text(text: bytes) -> bytes:
    """A name or value as it is, with its length."""
    return encoded_number(0, 7, len(text)) + text


def encoded_text(text: bytes) -> bytes:
    """A name or value with its length, Huffman coded if that makes it shorter."""
    coded = _HUFFMAN.encode(text)
    return encoded_number(0x80, 7, len(coded)) + coded if len(coded) < len(text) else plain_text(text)


def encoded_line(name: bytes, value: bytes) -> bytes:
    """A line that is written out. The name is in lower case."""
    return b"\0" + encoded_text(name) + encoded_text(value)


def decoded_text(coded: bytes) -> bytes:
    """The text of a Huffman code. Raises HPACKDecodingError."""
    for _ in range(_MOST_PADDING_BYTES):
        try:
            return decode_huffman(coded)
        except HPACKDecodingError:
            if not coded.endswith(b"\xff"):
                raise
            coded = coded[:-1]
    return decode_huffman(coded)
