"""What answers of upstream servers are composed of: the usual, and all that nginx treats specially, right and wrong."""

from __future__ import annotations

from .parts import BAD_LINES as COMMON_BAD_LINES
from .parts import CODINGS, DATES, NUMBERS, VALUES

# The locations of upstream_answers.conf, some more often than others.
PLACES = """
plain plain new new new direct direct small smalldirect intercept errors next next kept kept keptdirect rewritten default hidden
shown ignored ranges headers zipped charset sub auth auth mirror after before
""".split()

_STATUSES = """
100 101 102 103 199 201 203 204 205 206 299 300 301 302 303 304 305 307 308 399 400 401 403 404 405 408 412 413 416 418 429 444
494 495 497 499 500 501 502 503 504 505 507 599 600 999 000 099
""".split()

_ODD_LINES = """\
HTTP/1.1 401 No
HTTP/1.1 404 No
HTTP/1.1 302 Found
HTTP/1.1 304 Same
HTTP/1.1 204 Empty
HTTP/1.1 206 Part
HTTP/1.0 200 OK
HTTP/1.1 200
HTTP/1.1  200 OK
HTTP/2 200
HTTP/2.0 200 OK
HTTP/1.12 200 OK
HTTP/11.1 200 OK
HTTP/1.99999 200 OK
HTTP/1.999 200 OK
HTTP/99.1 200 OK
HTTP/0.9 200 OK
HTTP/01.01 200 OK
HTTP/1.1 2000 OK
HTTP/1.1 200OK
HTTP/1.1 20 OK
HTTP/1.1 200.5 OK
HTTP/1.1 2 0 OK
HTTP/.1 200 OK
HTTP/1 200 OK
HTTP/1. 200 OK
HTTP/1.x 200 OK
HTTP /1.1 200 OK
HTTP/1.
HTTP/1.1
http/1.1 200 OK
ICY 200 OK
H
""".split("\n")  # the last one is empty

STATUS_LINES = [
    *(f"HTTP/1.1 {status} Text" for status in _STATUSES),
    *_ODD_LINES,
    "HTTP/1.1 200 ",
    "HTTP/1.1\t200 OK",
    "HTTP/1.1 200\tOK",
    " ",
    "HTTP/1.1 ",
    "HTTP/1.1 200 O\rK",
    "HTTP/1.1 200 O\0K",
    "HTTP/1.1 200\r OK",
    "\r\nHTTP/1.1 200 OK",
    "HTTP/1.1 200 \xff",
    "HTTP/1.1 200 " + "x" * 300,
    "HTTP/" + "1" * 300 + ".1 200 OK",
    "HTTP/1." + "0" * 300 + "1 200 OK",
]

_TYPES = """\
text/html
text/plain; charset=koi8-r
text/html;charset=utf-8
text/html; charset="utf-8"
text/html; Charset=x; a=b
text/html; charset=
text/html;  charset=a;charset=b
;
; charset=utf-8
application/json
x
text/html; a=b
text/html; acharset=b
text/html;charset = utf-8
TEXT/HTML
text/html charset=a
""".split("\n")  # the last one is empty
_TYPES += ["text/html ; charset=utf-8 "]

_LOCATIONS = """
http://old.example/a http://OLD.example/a http://one.test/b /a/b /c http://127.0.0.1:1/x a //x/y http://old.example/
http://old.example http://two.test/c?d#e HTTP://ONE.TEST/b / http://x/ÿ /a%20b
""".split()
_LOCATIONS += [""]

_COOKIES = """\
a=b; Path=/one/x; Domain=one.example
a
=
a=b;Path=/one/
a=b; path=/xyz;secure
b=c; Secure; HttpOnly
c=d; HttpOnly; SameSite=None
a=b;; Domain=.one.example
a=b; Domain = one.example
;;;
; a=b
a=b; Domain=sub.test; Path=/
a=b; SameSite
A=1; secure=1; samesite=strict
abc=1; Secure
a=b; Path
a=b; Domain=
a =b
c=d; HttpOnly=x; x=y; SameSite=Lax; Path=/xx
 a = b ; Path = /one/y ; Max-Age=1
a="x;y"; Path="/one/"
""".split("\n")  # the last one is empty
_COOKIES += ["a=b; domain=ONE.EXAMPLE; ", "a=b\t; Secure"]

_INTERNAL = """
/int/a /int/a?b=c @named @nowhere /page.txt /../x /int/%2e%2e/x /int/a%20b int @ / http://x/int/a /int/a#b /int/a?b#c /int/%00
/int/.. /int/../int/b /none ? /int/%zz /int//b
""".split()
_INTERNAL += ["", "/int/\0", "/int/a b"]

HEADERS: dict[str, list[str]] = {
    "Content-Length": NUMBERS,
    "Transfer-Encoding": CODINGS,
    "Connection": ["close", "keep-alive", "Close", "", "close, x", "xclosex", "upgrade", "close, keep-alive"],
    "Keep-Alive": ["timeout=5", ""],
    "Upgrade": ["websocket", ""],
    "Trailer": ["X-A"],
    "TE": ["x"],
    "Status": ["404 Not Found", "500", "", "200 OK", "abc", "302"],
    "Content-Type": _TYPES,
    "Content-Encoding": ["gzip", "", "identity", "br", "GZIP"],
    "Content-Range": ["bytes 0-1/5", "", "x"],
    "Content-Disposition": ["attachment", ""],
    "Date": DATES,
    "Last-Modified": DATES,
    "Expires": DATES,
    "Server": ["x", "", "nginx"],
    "ETag": ['"a"', 'W/"a"', "", "a", '"'],
    "Location": _LOCATIONS,
    "Refresh": ["0", "0; url=http://old.example/a", "5;URL=/a/b", "url=", "", "0; url=http://one.test/b; x", "0;url=;url=/a"],
    "Set-Cookie": _COOKIES,
    "Cache-Control": [
        *("", "a", "b", "a, b", "no-cache", "private, max-age=10", "max-age=99999999999999999999", "max-age=", "max-age=x"),
        "s-maxage=5, no-store",
    ],
    "Pragma": ["no-cache", ""],
    "Vary": ["Accept-Encoding", "*", "", "Cookie"],
    "Via": ["1.1 x", ""],
    "Link": ["</a>; rel=preload", ""],
    "WWW-Authenticate": ['Basic realm="a"', "Digest", ""],
    "Accept-Ranges": ["bytes", "none", ""],
    "X-Accel-Redirect": _INTERNAL,
    "X-Accel-Limit-Rate": ["1000000", "1m", "0", "", "-1", "99999999999999999999", "x", "1000000 "],
    "X-Accel-Buffering": ["yes", "no", "YES", "No", "", "maybe", "yes ", "on", "1"],
    "X-Accel-Charset": ["utf-8", "koi8-r", "", "nope", "UTF-8"],
    "X-Accel-Expires": ["0", "10", "@1000000000", "@", "", "x", "off", "99999999999999999999"],
    "X-Pad": ["x", ""],
    "X-A": VALUES,
    "X_A": ["1"],
    "X.A": ["1"],
}

BAD_LINES = [*COMMON_BAD_LINES, "HTTP/1.1 200 OK"]
