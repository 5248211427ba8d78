"""nginx's built-in answer to a status: a small page, a redirect, or only a head."""

from __future__ import annotations

from ..config.directives.http.core import HttpCoreLocation
from .browser import Browser, browser
from .etag import clear_etag
from .filters.header import server_name
from .output import send_body, send_header
from .request import Request
from .request_input import HTTP_10
from .status import CLIENT_CLOSED_REQUEST, CLOSE, MOVED_PERMANENTLY, MOVED_TEMPORARILY, OK, REQUEST_TIME_OUT
from .uri import escape_refresh

CLOSES = frozenset((REQUEST_TIME_OUT, CLOSE, CLIENT_CLOSED_REQUEST))
"""Statuses that are not answered: the connection is closed without a byte (`carrier.terminate`)."""

_TITLES: dict[int, bytes] = {
    301: b"301 Moved Permanently",
    302: b"302 Found",
    303: b"303 See Other",
    307: b"307 Temporary Redirect",
    308: b"308 Permanent Redirect",
    400: b"400 Bad Request",
    401: b"401 Authorization Required",
    402: b"402 Payment Required",
    403: b"403 Forbidden",
    404: b"404 Not Found",
    405: b"405 Not Allowed",
    406: b"406 Not Acceptable",
    408: b"408 Request Time-out",
    409: b"409 Conflict",
    410: b"410 Gone",
    411: b"411 Length Required",
    412: b"412 Precondition Failed",
    413: b"413 Request Entity Too Large",
    414: b"414 Request-URI Too Large",
    415: b"415 Unsupported Media Type",
    416: b"416 Requested Range Not Satisfiable",
    421: b"421 Misdirected Request",
    429: b"429 Too Many Requests",
    498: b"404 Not Found",
    500: b"500 Internal Server Error",
    501: b"501 Not Implemented",
    502: b"502 Bad Gateway",
    503: b"503 Service Temporarily Unavailable",
    504: b"504 Gateway Time-out",
    505: b"505 HTTP Version Not Supported",
    507: b"507 Insufficient Storage",
}
# nginx's own codes, sent as 400 with a page that says more.
_BAD_REQUESTS: dict[int, bytes] = {
    494: b"Request Header Or Cookie Too Large",
    495: b"The SSL certificate error",
    496: b"No required SSL certificate was sent",
    497: b"The plain HTTP request was sent to HTTPS port",
}
_NOT_KEPT_ALIVE = frozenset((400, 413, 414, 495, 496, 497, 500, 501))
_NOT_LINGERED = frozenset((400, 495, 496, 497))

_PAGE = b"<html>\r\n<head><title>%b</title></head>\r\n<body>\r\n<center><h1>%b</h1></center>\r\n"
_MORE = b"<center>%b</center>\r\n"
_TAIL = b"<hr><center>%b</center>\r\n</body>\r\n</html>\r\n"
_PADDING = b"<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n" * 6
_REFRESH = b'<html><head><meta http-equiv="Refresh" content="0; URL=%b"></head><body></body></html>\r\n'


def page(status: int, server: bytes) -> bytes:
    """nginx's page for a status; empty for a status without one."""
    if status in _BAD_REQUESTS:
        text = _PAGE % (b"400 " + _BAD_REQUESTS[status], b"400 Bad Request") + _MORE % _BAD_REQUESTS[status]
    elif status in _TITLES:
        text = _PAGE % (_TITLES[status], _TITLES[status])
    else:
        return b""
    return text + _TAIL % server


def restrict_connection(request: Request, status: int) -> None:
    """Turn off keepalive and lingering after the errors for which nginx does so, also where an error_page answers."""
    if status in _NOT_KEPT_ALIVE:
        request.keepalive = False
    if status in _NOT_LINGERED:
        request.input.lingering_close = False


def send_special_response(request: Request, status: int) -> int:
    """Answer with nginx's own page. Header lines that are set already stay, and so does `response.location`.

    Returns OK, or ERROR if a header filter refuses to send it.
    """
    restrict_connection(request, status)
    request.input.expect_tested = True
    if request.carrier.discard_body(request) != OK:
        request.keepalive = False
    response = request.response
    response.clear_last_modified()
    response.clear_accept_ranges()
    response.content_type = response.content_type_line = None
    clear_etag(request)
    settings = request.location.of(HttpCoreLocation)
    client = browser(request.input.headers.get(b"user-agent"))
    if settings.msie_refresh and client.is_msie and status in (MOVED_PERMANENTLY, MOVED_TEMPORARILY):
        body = _refresh(request)
    else:
        body = page(status, server_name(request))
        if status in _BAD_REQUESTS:
            response.error_status = 400
        response.status = status
        pads = settings.msie_padding and (client.is_msie or client is Browser.CHROME)
        if body and pads and request.input.http_version >= HTTP_10 and status >= 400:
            body += _PADDING
    response.content_length = len(body)
    if body:
        response.content_type = b"text/html"
    sent = send_header(request)
    if sent == OK:
        send_body(request, body, last=True)
    return sent


def _refresh(request: Request) -> bytes:
    """A page that redirects old browsers, which lose the fragment otherwise (directive msie_refresh)."""
    response = request.response
    response.status = response.error_status = 200
    target = response.location or b""
    response.location = None
    return _REFRESH % escape_refresh(target)
