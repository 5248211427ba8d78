"""The secure_link module: links that no one can forge, and that expire."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, Scope
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Complex, String
from ..http.merged import merged_scopes


class SecureLinkLocation(Struct, frozen=True):
    """secure_link: the hash in the link and the time it expires.  secure_link_md5: the text that is hashed.

    secure_link_secret: the secret word of the older method, with the hash in the URI.
    """

    secure_link: ComplexValue | None = None
    secure_link_md5: ComplexValue | None = None
    secure_link_secret: bytes | None = None


def _nest(location: SecureLinkLocation, outer: SecureLinkLocation, own: Collection[str]) -> SecureLinkLocation:
    """Where a secret is the block's own, link and text are not inherited; where there is one of these, the secret is not."""
    if "secure_link_secret" in own:
        return SecureLinkLocation(secure_link_secret=location.secure_link_secret)
    link = (location if "secure_link" in own else outer).secure_link
    md5 = (location if "secure_link_md5" in own else outer).secure_link_md5
    return SecureLinkLocation(link, md5, outer.secure_link_secret if link is None and md5 is None else None)


def _check(use: DirectiveUse, http: Scope) -> None:
    """Refuse the two methods together in one block."""
    for scope in merged_scopes(http):
        mixed = scope.own("secure_link") is not None or scope.own("secure_link_md5") is not None
        if mixed and scope.own("secure_link_secret") is not None:
            message = '"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"'
            use.report("emerg", message, fatal=True)


MODULE = Module(
    "secure_link",
    (
        Directive("secure_link", HTTP_SERVER_LOCATION, Complex(), "The hash of a link, and the time it expires."),
        Directive("secure_link_md5", HTTP_SERVER_LOCATION, Complex(), "The text that is hashed."),
        Directive(
            "secure_link_secret", HTTP_SERVER_LOCATION, String(), "The secret word of links that have the hash in their URI."
        ),
    ),
    guards=True,
    location=SecureLinkLocation,
    checks=(_check,),
    nest=_nest,
    optional=True,
)
