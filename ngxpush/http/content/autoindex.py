"""autoindex: a listing of a directory, as HTML, XML, JSON or JSONP. Recordings core-static/autoindex-*."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from urllib.parse import quote_from_bytes

from ... import utf8
from ...config.directives.content.autoindex import AutoindexLocation
from ...dates import format_http_date, format_iso8601_utc, format_listing
from ..documents import map_uri_to_path
from ..opening import NOT_THERE
from ..operations import DirectoryEntry, ListDirectory
from ..output import send_body, send_header
from ..request import Request
from ..status import BAD_REQUEST, DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, NOT_FOUND, OK
from ..system_errors import failure
from ..variables.request import argument

_NAME_WIDTH = 50
_CALLBACK = re.compile(rb"[A-Za-z0-9_.]+")
_JSON_ESCAPES = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x0D: b"\\r", 0x09: b"\\t", 0x08: b"\\b", 0x0C: b"\\f"}
_JSON_SPECIAL = re.compile(rb'[\x00-\x1f"\\]')
_HTML_ESCAPES = {b"<": b"&lt;", b">": b"&gt;", b"&": b"&amp;", b'"': b"&quot;"}
_HTML_SPECIAL = re.compile(rb'[<>&"]')


async def handle(request: Request) -> int:
    """List the directory, if autoindex is on and the path ends in a slash; else decline."""
    settings = request.location.of(AutoindexLocation)
    if not request.names_directory or request.method not in (b"GET", b"HEAD") or not settings.autoindex:
        return DECLINED
    form = settings.autoindex_format
    callback = None
    if form == "jsonp":
        callback = argument(b"callback")(request) or None
        if callback is not None and not _CALLBACK.fullmatch(callback):
            return BAD_REQUEST
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    directory = directory_of(path)
    try:
        entries = await ListDirectory(directory)
    except OSError as error:
        return unreadable(request, error, directory)
    broken = request.carrier.discard_body(request)
    if broken != OK:
        return broken
    response = request.response
    response.status = 200
    response.content_type, response.charset = _content_type(form, callback)
    status = send_header(request)
    if status != OK:
        return status
    shown = [entry for entry in entries if not entry.name.startswith(b".")]
    shown.sort(key=lambda entry: (entry.status.type != "directory", entry.name))
    send_body(request, _document(request, form, callback, shown), last=True)
    return OK


def directory_of(path: bytes) -> bytes:
    """What is listed for `path`: nginx cuts its last character off, which is no slash after an `alias` that ends without one."""
    return path[:-1] or path


def unreadable(request: Request, error: OSError, path: bytes) -> int:
    """Log a directory that can't be read. Returns the status to answer with."""
    level, status = "error", NOT_FOUND
    if error.errno == errno.EACCES:
        status = FORBIDDEN
    elif error.errno not in NOT_THERE:
        level, status = "crit", INTERNAL_SERVER_ERROR
    request.connection.log(level, failure(b"opendir()", path, error), request)
    return status


def _content_type(form: str, callback: bytes | None) -> tuple[bytes, bytes | None]:
    if form == "html":
        return b"text/html", None
    if form == "xml":
        return b"text/xml", b"utf-8"
    return (b"application/javascript" if callback is not None else b"application/json"), None


def _document(request: Request, form: str, callback: bytes | None, entries: list[DirectoryEntry]) -> bytes:
    if form == "html":
        return _html(request, entries)
    if form == "xml":
        lines = b"".join([_xml_line(entry) for entry in entries])
        return b'<?xml version="1.0"?>\r\n<list>\r\n%b</list>\r\n' % lines
    document = b"[\r\n%b]" % (b",\r\n".join([_json_line(entry) for entry in entries]) + (b"\r\n" if entries else b""))
    if callback is not None:
        return b"/* callback */\r\n%b(%b);" % (callback, document)
    return document


def _html(request: Request, entries: list[DirectoryEntry]) -> bytes:
    settings = request.location.of(AutoindexLocation)
    in_utf8 = (request.response.charset or b"").lower() == b"utf-8"
    size = _exact_size if settings.autoindex_exact_size else _rounded_size
    title = _escape_html(request.uri)
    lines = b"".join([_html_line(entry, in_utf8, settings.autoindex_localtime, size) for entry in entries])
    return (
        b"<html>\r\n<head><title>Index of %b</title></head>\r\n<body>\r\n<h1>Index of %b</h1><hr><pre>" % (title, title)
        + b'<a href="../">../</a>\r\n%b</pre><hr></body>\r\n</html>\r\n' % lines
    )


def _html_line(entry: DirectoryEntry, in_utf8: bool, local: bool, size: Callable[[DirectoryEntry], bytes]) -> bytes:
    slash = b"/" if entry.status.type == "directory" else b""
    characters = utf8.characters(entry.name + slash) if in_utf8 else [bytes((byte,)) for byte in entry.name + slash]
    width = len(characters)
    if width > _NAME_WIDTH:
        characters[_NAME_WIDTH - 3 :] = [b"..>"]
        width = _NAME_WIDTH
    name = b"".join(characters)
    date = format_listing(entry.status.modified, local)
    href = quote_from_bytes(entry.name, safe="").encode() + slash
    padding = b" " * (_NAME_WIDTH - width + 1)
    return b'<a href="%b">%b</a>%b%b%b\r\n' % (href, _escape_html(name), padding, date, size(entry))


def _exact_size(entry: DirectoryEntry) -> bytes:
    return b" %19b" % (b"-" if entry.status.type == "directory" else b"%d" % entry.status.size)


def _rounded_size(entry: DirectoryEntry) -> bytes:
    """The size; from 10000 bytes on in K, M or G."""
    size = entry.status.size
    if entry.status.type == "directory":
        text = b"-"
    elif size >= 1 << 30:
        text = b"%dG" % ((size >> 30) + (size % (1 << 30) >= 1 << 29))
    elif size >= 1 << 20:
        text = b"%dM" % ((size >> 20) + (size % (1 << 20) >= 1 << 19))
    elif size > 9999:
        text = b"%dK" % ((size >> 10) + (size % (1 << 10) >= 1 << 9))
    else:
        text = b"%d" % size
    return b"%8b" % text


def _xml_line(entry: DirectoryEntry) -> bytes:
    kind = entry.status.type.encode()
    modified = format_iso8601_utc(entry.status.modified)
    size = b' size="%d"' % entry.status.size if kind == b"file" else b""
    return b'<%b mtime="%b"%b>%b</%b>\r\n' % (kind, modified, size, _escape_html(entry.name), kind)


def _json_line(entry: DirectoryEntry) -> bytes:
    name = _JSON_SPECIAL.sub(lambda found: _JSON_ESCAPES.get(found[0][0]) or b"\\u%04X" % found[0][0], entry.name)
    size = b', "size":%d' % entry.status.size if entry.status.type == "file" else b""
    modified = format_http_date(entry.status.modified)
    return b'{ "name":"%b", "type":"%b", "mtime":"%b"%b }' % (name, entry.status.type.encode(), modified, size)


def _escape_html(text: bytes) -> bytes:
    return _HTML_SPECIAL.sub(lambda found: _HTML_ESCAPES[found[0]], text)
