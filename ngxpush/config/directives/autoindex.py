"""The autoindex module."""

from __future__ import annotations

from dataclasses import dataclass

from ..slots import Enum, Flag
from .table import FLAG, HTTP_SERVER_LOCATION, Arguments, Module, settings_row


@dataclass(frozen=True, slots=True)
class AutoindexLocation:
    """What a location holds. autoindex_format: `html`, `json`, `jsonp` or `xml`."""

    autoindex: bool = False
    autoindex_format: str = "html"
    autoindex_localtime: bool = False
    autoindex_exact_size: bool = True


_FORMATS = Enum({name.encode(): name for name in ("html", "json", "jsonp", "xml")})
_SETTINGS = (AutoindexLocation, AutoindexLocation, AutoindexLocation)
_WHERE = HTTP_SERVER_LOCATION
_DIRECTIVES = (
    settings_row("autoindex", "autoindex", _WHERE, Flag(), "Whether folders are listed.", FLAG, _SETTINGS),
    settings_row("autoindex", "autoindex_format", _WHERE, _FORMATS, "How.", Arguments(), _SETTINGS),
    settings_row("autoindex", "autoindex_localtime", _WHERE, Flag(), "Whether in local time.", FLAG, _SETTINGS),
    settings_row("autoindex", "autoindex_exact_size", _WHERE, Flag(), "Whether with exact sizes.", FLAG, _SETTINGS),
)

MODULES = (Module("autoindex", _DIRECTIVES, location=AutoindexLocation),)
