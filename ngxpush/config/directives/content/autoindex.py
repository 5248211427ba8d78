"""The autoindex module."""

from __future__ import annotations

from msgspec import Struct

from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Enum, Flag


class AutoindexLocation(Struct, frozen=True):
    """What a location holds. autoindex_format: `html`, `json`, `jsonp` or `xml`."""

    autoindex: bool = False
    autoindex_format: str = "html"
    autoindex_localtime: bool = False
    autoindex_exact_size: bool = True


_FORMATS = Enum({name.encode(): name for name in ("html", "json", "jsonp", "xml")})
_DIRECTIVES = (
    Directive("autoindex", HTTP_SERVER_LOCATION, Flag(), "Whether directories are listed."),
    Directive("autoindex_format", HTTP_SERVER_LOCATION, _FORMATS, "The format of listings: `html`, `json`, `jsonp` or `xml`."),
    Directive("autoindex_localtime", HTTP_SERVER_LOCATION, Flag(), "Whether listings show local times."),
    Directive("autoindex_exact_size", HTTP_SERVER_LOCATION, Flag(), "Whether listings show exact sizes."),
)

MODULE = Module("autoindex", _DIRECTIVES, location=AutoindexLocation)
