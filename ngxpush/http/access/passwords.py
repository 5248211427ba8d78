"""The hashes of password files: nginx's own schemes, Apache's MD5, and those of the C library's crypt()."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
from collections.abc import Callable
from functools import cache

from ..base64_text import decoded

_ITOA64 = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def verify(password: bytes, stored: bytes) -> bool:
    """Whether `password` matches the entry `stored` of a password file. A password ends before a zero byte."""
    return hmac.compare_digest(_hashed(password.partition(b"\0")[0], stored), stored)


def _hashed(password: bytes, stored: bytes) -> bytes:
    """Hash the password with the scheme and salt of `stored`. The password is right if the result equals `stored`."""
    if stored.startswith(b"{PLAIN}"):
        return b"{PLAIN}" + password
    if stored.startswith(b"{SHA}"):
        return b"{SHA}" + base64.b64encode(hashlib.sha1(password).digest())
    if stored.startswith(b"{SSHA}"):
        salt = (decoded(stored[6:]) or b"")[20:]
        return b"{SSHA}" + base64.b64encode(hashlib.sha1(password + salt).digest() + salt)
    if stored.startswith(b"$apr1$"):
        return _apache_md5(password, stored[6:].split(b"$")[0][:8])
    return _crypt(password, stored)


def _crypt(password: bytes, stored: bytes) -> bytes:
    """Hash with crypt(3). A scheme it does not know matches no password."""
    crypt = _function()
    return b"" if crypt is None else crypt(password, stored) or b""


@cache  # to find a library starts a program
def _function() -> Callable[[bytes, bytes], bytes | None] | None:
    # Where there is no library of that name (macOS, musl), the C library itself has it.
    crypt = getattr(ctypes.CDLL(ctypes.util.find_library("crypt")), "crypt", None)
    if crypt is not None:
        crypt.restype = ctypes.c_char_p
    return crypt


def _apache_md5(password: bytes, salt: bytes) -> bytes:
    """Apache's variant of the MD5 crypt, which the C library lacks."""
    alternate = hashlib.md5(password + salt + password).digest()
    mixed = password + b"$apr1$" + salt
    mixed += (alternate * (len(password) // 16 + 1))[: len(password)]
    bits = len(password)
    while bits:
        mixed += b"\0" if bits & 1 else password[:1]
        bits >>= 1
    digest = hashlib.md5(mixed).digest()
    for number in range(1000):
        step = password if number & 1 else digest
        step += salt if number % 3 else b""
        step += password if number % 7 else b""
        step += digest if number & 1 else password
        digest = hashlib.md5(step).digest()
    return b"$apr1$" + salt + b"$" + _apache_base64(digest)


def _apache_base64(digest: bytes) -> bytes:
    encoded = bytearray()
    for first, second, third in ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)):
        _append(encoded, digest[first] << 16 | digest[second] << 8 | digest[third], 4)
    _append(encoded, digest[11], 2)
    return bytes(encoded)


def _append(encoded: bytearray, value: int, length: int) -> None:
    for _ in range(length):
        encoded.append(_ITOA64[value & 0x3F])
        value >>= 6
