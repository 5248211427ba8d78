"""URIs as nginx parses and writes them: decoding, dot segments, escaping."""

from __future__ import annotations

import re


class InvalidURI(ValueError):
    """A target nginx answers with 400: a broken escape, an escaped NUL, a path that climbs above the root."""


# A path with none of these is its own normal form.
_UNUSUAL = re.compile(rb"%|//|/\.")
_QUOTED = re.compile(rb"%(.?.?)", re.DOTALL)
_HEX = re.compile(rb"[0-9A-Fa-f]{2}")


def parse_target(target: bytes, merge_slashes: bool = True) -> tuple[bytes, bytes]:
    """Parse a request target (a path with arguments, nginx's $request_uri) into $uri and $args.

    The path is decoded once, dot segments are resolved and repeated slashes merged; a fragment is dropped.  Raises InvalidURI.
    Recordings: core-uri.
    """
    if b"#" in target:
        target = target[: target.index(b"#")]
    path, _, args = target.partition(b"?")
    if not path:
        return b"/", args  # an absolute URI without a path: http://host?args
    if _UNUSUAL.search(path):
        path = _resolve(_decode(path), merge_slashes)
    return path, args


def _decode(path: bytes) -> bytes:
    """Decode the escapes. As in nginx, an escaped slash or dot then counts as a plain one."""

    def character(match: re.Match[bytes]) -> bytes:
        if not _HEX.fullmatch(match[1]) or match[1] == b"00":
            raise InvalidURI("invalid escape")
        return bytes((int(match[1], 16),))

    return _QUOTED.sub(character, path)


def _resolve(path: bytes, merge_slashes: bool) -> bytes:
    """Remove `.` and `..` segments, and empty ones when slashes are merged."""
    segments = path.split(b"/")[1:]
    last = len(segments) - 1
    kept: list[bytes] = []
    for number, segment in enumerate(segments):
        if segment == b".." or segment == b".":
            if segment == b"..":
                if not kept:
                    raise InvalidURI("above the root")
                kept.pop()
            if number == last:
                kept.append(b"")
        elif segment or not merge_slashes or number == last:
            kept.append(segment)
    return b"/" + b"/".join(kept)


_CLIMBING = re.compile(rb"(?:\A|/)\.\.(?:/|\Z)")
# Of an escape that is none the percent sign is lost, and a hexadecimal digit with what follows it.
_ESCAPE = re.compile(rb"%(?:([0-9A-Fa-f]{2})|[0-9A-Fa-f](?:.|\Z)|)", re.DOTALL)


class UnsafeURI(ValueError):
    """A URI that an answer's head must not lead to. It carries what nginx shows of it."""


def parse_unsafe_uri(text: bytes) -> tuple[bytes, bytes]:
    """Parse a URI from an answer's head (X-Accel-Redirect) into path and arguments: decoded, but with its dot segments.

    Raises UnsafeURI for nothing, an escaped NUL, and a path that climbs.
    """
    path, _, args = text.partition(b"?")
    if not path or _CLIMBING.search(path):
        raise UnsafeURI(text)
    decoded = _ESCAPE.sub(lambda match: bytes((int(match[1], 16),)) if match[1] else b"", path)
    if b"\0" in decoded or _CLIMBING.search(decoded):
        raise UnsafeURI(decoded)
    return decoded, args


def extension(uri: bytes) -> bytes:
    """The extension by which `types` finds a content type: what follows the last dot of the last segment (nginx's `exten`).

    A dot at the beginning of the segment does not count: `/.html` has no extension.
    """
    dot = uri.rfind(b".")
    if dot <= 1 or uri[dot - 1 : dot] == b"/" or uri.find(b"/", dot) != -1:
        return b""
    return uri[dot + 1 :]


def split_args(value: bytes) -> tuple[bytes, bytes]:
    """Split an evaluated URI of the configuration (error_page, try_files) at its first `?`."""
    uri, _, args = value.partition(b"?")
    return uri, args


def _escaper(special: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"[\x00-\x20\x7f-\xff" + re.escape(special) + rb"]")


# What nginx 1.22 escapes in each kind of text; measured with rewrite … redirect and with auto-redirects.
_URI = _escaper(b'"#%<>?\\^`{|}')
_ARGS = _escaper(b'"#%&+;<>?\\^`{|}')
_HTML = _escaper(b"\"#%'<>\\^`{|}")
_REFRESH = _escaper(b"\"'<>\\^`{|~")


def _escape(match: re.Match[bytes]) -> bytes:
    return b"%%%02X" % match[0][0]


def escape_uri(path: bytes) -> bytes:
    """Escape a decoded path for a Location header."""
    return _URI.sub(_escape, path)


def escape_args(value: bytes) -> bytes:
    """Escape a decoded value for the arguments of a URI."""
    return _ARGS.sub(_escape, value)


def escape_html(url: bytes) -> bytes:
    """Escape a URL for an attribute (ssi, encoding="url"); what separates its parts stays."""
    return _HTML.sub(_escape, url)


def escape_refresh(url: bytes) -> bytes:
    """Escape a URL for the attribute of a page that refreshes (msie_refresh): what is escaped already stays so."""
    return _REFRESH.sub(_escape, url)


_REDIRECT = re.compile(rb"\?.*|%([0-9A-Fa-f]{2})", re.DOTALL)


def unescape_redirect(uri: bytes) -> bytes:
    """Decode the escapes that a redirect's path does not need. After the first `?`, escaped or not, nothing is changed."""
    parts: list[bytes] = []
    position = 0
    for match in _REDIRECT.finditer(uri):
        parts.append(uri[position : match.start()])
        position = match.end()
        if match[1] is None:
            parts.append(match[0])
            break
        code = int(match[1], 16)
        if code == 0x3F:
            parts.append(b"?")
            break
        parts.append(bytes((code,)) if 0x25 < code < 0x7F else match[0])
    parts.append(uri[position:])
    return b"".join(parts)
