"""The groups of a key exchange: which names OpenSSL 3.0 takes, and its words for others."""

from __future__ import annotations

import re

from OpenSSL import SSL

from . import openssl

_KNOWN = re.compile(
    rb"(sec[pt]\d{3}[kr][12]|prime(192|256)v1|P-(192|224|256|384|521)|[KB]-(163|233|283|409|571)"
    rb"|brainpoolP(256|384|512)r1|[Xx](25519|448)|ffdhe(2048|3072|4096|6144|8192))"
)


def groups_fault(context: SSL.Context, names: bytes) -> str | None:
    """Choose groups, which stand between colons. Returns what OpenSSL 3.0 says against them, maybe nothing; None for good ones.

    Groups that only it knows are left out.
    """
    groups = names.split(b":")
    unknown = next((group for group in groups if group and _KNOWN.fullmatch(group) is None), None)
    if unknown is not None:
        text = unknown.decode("latin-1")
        return f"error:0A080106:SSL routines::passed invalid argument:group '{text}' cannot be set"
    if b"" in groups or len(set(groups)) < len(groups):
        return ""
    usable = [group for group in groups if openssl.set_curves(context, group)]
    if usable:
        openssl.set_curves(context, b":".join(usable))
    return None
