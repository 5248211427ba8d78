"""Requests, good and broken ones, made from a seed.

A request is composed of what nginx treats specially: methods, targets, versions, header lines, bodies in all framings. Then bytes
of some requests are changed at random, and some come in pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .breaking import chunks, pieces

_PORTS = ("PORT1", "PORT1", "PORT1", "PORT1", "PORT3", "PORT4", "PORT4")

_METHODS = [
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "PROPFIND",
    "TRACE",
    "CONNECT",
    "get",
    "G_T",
    "-",
    "X" * 40,
    "GET1",
    "",
    "G\tT",
]
_PLACES = [
    "/return/",
    "/",
    "/static/",
    "/static/page.txt",
    "/static/page.html",
    "/static/big.txt",
    "/static/none",
    "/proxy/",
    "/proxy11/",
    "/changed/",
    "/direct/",
    "/limited/",
    "/rewritten/",
    "/redirected/",
    "/conditional/",
    "/conditional/page.txt",
    "/errors/page.txt",
    "/errors/none",
    "/closed/",
    "/a.php",
    "/static",
]
_TAILS = [
    "a",
    "b?c",
    "d?a=1&b=2",
    "..",
    "../",
    "../../x",
    "./x",
    "x/../y",
    "//",
    "//x",
    "x//y",
    "///..",
    "%41",
    "%2e%2e/",
    "%2E.",
    "%2f",
    "%2F..",
    "%00",
    "%zz",
    "%",
    "%4",
    "%%",
    "a%20b",
    "a+b",
    "?a=%00",
    "?a=%zz",
    "#f",
    "?a#f",
    "#f?a",
    "?",
    "??",
    "?a=1?b",
    "&a=1",
    ";a",
    "\\",
    "\\..\\",
    "~",
    "'",
    '"',
    "<",
    ">",
    "|",
    "^",
    "`",
    "{",
    "}",
    "!",
    "$",
    "*",
    "(",
    ")",
    ",",
    ":",
    "@",
    "=",
    "a.php",
    "a.php/x",
    ".php",
    "%3f",
    "%23",
    "%25",
    "%5c",
    "%7f",
    "%ff",
    "%C3%A4",
    "?%20",
    ".hidden",
    "x.",
    "...",
    ".../x",
    "..x/",
    "x..",
    "/.",
    "/..",
    "/./",
    "/.//../",
    "a/./b/../../..",
    "?a=1&A=2",
    "?a=&a=2",
    "?=1",
    "?a",
    "?&&",
]
_TAILS += [
    "",
    "",
    "",
    "",
    "",
    "\x01",
    "\x7f",
    "\xe4",
    "a\tb",
    "a" * 60,
    "a" * 130,
    "?" + "b" * 260,
    "/x" * 150,
    "a" * 1100,
    "a" * 9000,
]
_TARGETS = [
    "http://host/x",
    "http://HOST.:81/x",
    "http://host?x",
    "http://host",
    "http://[::1]/x",
    "http://[::1]:80/x",
    "http://[::1/x",
    "http://[/x",
    "http://[]/x",
    "http:///x",
    "http://h_st/x",
    "http://host:/x",
    "http://host:x/",
    "http://host:99999/",
    "http://a@b/",
    "https://host/x",
    "ftp://x/y",
    "ht+tp://h/",
    "h://h/",
    "http:/x",
    "http:x",
    "1http://x/",
    "*",
    "host:80",
    "x",
    "//x/y",
    "?a",
    "#a",
    "http://a..b/",
    "http://.a/",
    "http://a./b",
    "http://-/",
    "http://sub.pattern.test/a",
    "http://x.wild.test/a//b",
    "http://h/../a",
    "http://h/%2e%2e/a",
    "http://h#a",
    "http://h:80?a",
    "http://[::1]a/",
    "http://[fe80::1%25lo]/",
    "http://[v1.a:b]/",
    "http://h/a#b",
    "http://127.0.0.1/proxy/a",
    "http://[a]]/",
    "http://[[a]/",
    "http://h]/",
    "http://h:80:80/",
    "http://h:0080/",
    "HTTP://H/PROXY/",
    "http://h/proxy/x",
    "http://host/static/page.txt",
]
_VERSIONS = [
    "HTTP/1.0",
    "HTTP/1.0",
    "HTTP/1.2",
    "HTTP/1.9",
    "HTTP/1.10",
    "HTTP/1.99",
    "HTTP/1.100",
    "HTTP/1.999",
    "HTTP/1.1000",
    "HTTP/1.01",
    "HTTP/1.001",
    "HTTP/01.1",
    "HTTP/0.9",
    "HTTP/2.0",
    "HTTP/2",
    "HTTP/10.1",
    "HTTP/11.1",
    "HTTP/1.",
    "HTTP/1",
    "HTTP/",
    "HTTP",
    "http/1.1",
    "HTP/1.1",
    "HTTP/1.x",
    "HTTP/.1",
    "HTTP/1.1x",
    "HTTP/x.1",
    "HTTP/9.9",
    "HTTP/3",
    "HTTP//1.1",
]
_VERSIONS += [
    "",
    "",
    "HTTP/1.1 ",
    "HTTP/1.1  ",
    "HTTP/1.1 x",
    "HTTP/1.1\t",
    "HTTP/1." + "0" * 5000 + "1",
    "HTTP/1." + "9" * 5000,
    "HTTP/1. 1",
    "HTTP/1.1\r",
]

_DATES = [
    "Sun, 09 Sep 2001 01:46:40 GMT",
    "Sun, 09 Sep 2001 01:46:39 GMT",
    "Sun, 09 Sep 2001 01:46:41 GMT",
    "",
    "x",
    "0",
    "Sunday, 09-Sep-01 01:46:40 GMT",
]
_DATES += [
    "Sun Sep  9 01:46:40 2001",
    "Sun, 31 Feb 2001 01:46:40 GMT",
    "Sun, 09 Sep 20010 01:46:40 GMT",
    "Sun, 9 Sep 2001 01:46:40 GMT",
    "Sun, 09 Sep 2001",
]
_DATES += [
    "Sun, 09 Sep 0000 01:46:40 GMT",
    "Sun, 09 Sep 2001 24:46:40 GMT",
    "Sun, 09 sep 2001 01:46:40 GMT",
    "Sun, 09 Sep 1901 01:46:40 GMT",
    "9" * 5000,
]
_DATES += [
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Wed, 31 Dec 1969 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Sun, 09 Sep 2001 01:46:60 GMT",
    "Sun,09 Sep 2001 01:46:40",
]
_DATES += [
    "Sat, 29 Feb 2000 00:00:00 GMT",
    "Sat, 29 Feb 1900 00:00:00 GMT",
    "Sun 09 Sep 2001 01:46:40 GMT",
    "Sunday, 09-Sep-70 01:46:40 GMT",
    " Sun, 09 Sep 2001 01:46:40 GMT",
]
_DATES += [
    "Sun, 00 Sep 2001 01:46:40 GMT",
    "Sun, 09 Sep 2001 01.46.40 GMT",
    "Sun, 09 Sep 2001 01:46:40GMT",
    "Sun Sep 09 01:46:40 2001",
    "Sun Sep  9 01:46:40 70",
]
_TAGS = [
    '"3b9aca00-b"',
    '"3b9aca00-13"',
    '"3b9aca00-80e8"',
    'W/"3b9aca00-b"',
    "*",
    "",
    '""',
    "x",
    '"x"',
    '"x", "3b9aca00-b"',
    '"x" , W/"3b9aca00-b" ,"y"',
    "**",
]
_TAGS += [
    '"a",\t"3b9aca00-b"',
    '"a" "3b9aca00-b"',
    '"3b9aca00-b"x',
    '"3b9aca00-b',
    "3b9aca00-b",
    ',"3b9aca00-b"',
    '"3b9aca00-b",',
    '"a,b"',
    "W/",
    '"3b9aca00-b";',
    "* ",
]
_TAGS += [
    '"3B9ACA00-B"',
    'w/"3b9aca00-b"',
    '  "3b9aca00-b"',
    '"x","y","3b9aca00-b"',
    '"x"  ,  "3b9aca00-b"  ,',
    '*, "a"',
    '"a", *',
    '"3b9aca00-b"\t,',
    '"3b9aca00-b" x, "b"',
]
_RANGES = [
    "0-0",
    "0-4",
    "1-3",
    "5-",
    "-3",
    "-0",
    "-999999",
    "999999-",
    "0-",
    "3-1",
    "0-0,2-2",
    "0-0,0-0,0-0",
    ",",
    "1-2,",
    ",1-2",
    "x",
    "1",
    "-",
    "--",
    "1-x",
    "x-1",
    "01-03",
    "9223372036854775807-9223372036854775807",
    "9223372036854775808-",
    "0-9223372036854775807",
    "0-9223372036854775808",
    "-9223372036854775808",
    "0-18446744073709551616",
    "+1-2",
    "1-+2",
    "1.0-2",
    "0-0;1-1",
    "0-4,2-",
    "0-0,-1",
    "0-99999999,1-1",
    "30000-",
    "0-0,99999-",
    "99999-,0-0",
    "0-0,x",
    "0-10,0-10,0-10",
    "1-2,3-4,5-6,7-8,-1",
    "-1,-1",
    "0-,0-",
    "10-19,20-29,5-25",
]
_RANGES += [
    "0 - 4",
    " 1-2 ",
    "1-2 , 3-4",
    "1- 2",
    "1 -2",
    "- 3",
    "1\t-2",
    "",
    " ",
    "0-0, 2-2 ,",
    "0-" + "9" * 5000,
    "0" * 5000 + "1-3",
    "9" * 5000 + "-",
    "1-2 3-4",
]
_NUMBERS = [
    "0",
    "1",
    "3",
    "5",
    "00005",
    "+5",
    "-1",
    "5,5",
    "5;q",
    "0x5",
    "5.0",
    "1e1",
    "2147483647",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999",
    "6",
    "7",
    "1024",
    "1025",
]
_NUMBERS += ["", "5 ", "5\t", "5 5", "\t5", "9" * 5000, "0" * 5000 + "5", "٣"]
_HOSTS = [
    "front",
    "FRONT",
    "front.",
    "front:",
    "front:80",
    "front:x",
    "front:80:80",
    "a.pattern.test",
    "A.Pattern.Test",
    "1.pattern.test",
    "x.wild.test",
    "wild.test",
    "small",
    "relaxed",
    "127.0.0.1",
    "[::1]",
    "[::1]:80",
    "[::1",
    "::1",
    "a..b",
    ".a",
    "a.",
    "-",
    "_",
    "a_b",
    "a/b",
    "a@b",
    "a,b",
    "*",
    "~",
    "%41",
    "[a]b",
    "[]:",
    "[]",
    ":",
    ":80",
    ".",
    "..",
    "a.:",
    "a.:80",
    '"a"',
    "<a>",
    "a\\b",
    "a#b",
    "a?b",
    "a=b",
    "..a",
    "[a..b]",
    "[a/b]",
    "[a]:",
    "[A].",
    "a;b",
]
_HOSTS += ["", "a b", "a\tb", "\x01", "a\x7f", "\xe4", "a\0b", "a" * 300, "a.:b"]
_TOKENS = [
    "",
    "a",
    "close",
    "keep-alive",
    "Close",
    "close, x",
    "keep-alive, close",
    "upgrade",
    "x",
    "te",
    "xclosex",
    "close\t",
    "\tclose",
    "close,close",
    "keep-alivE",
]
_VALUES: dict[str, list[str]] = {
    "Host": _HOSTS,
    "Content-Length": _NUMBERS,
    "Transfer-Encoding": [
        "chunked",
        "Chunked",
        "CHUNKED",
        "gzip, chunked",
        "identity",
        "",
        "chunked, chunked",
        "xchunked",
        "gzip",
        "chunked;a",
        "chunked ",
        "\tchunked",
    ],
    "Connection": _TOKENS,
    "Keep-Alive": ["timeout=5", "", "5"],
    "Expect": ["100-continue", "100-Continue", "", "x", "100-continue, x", "200-ok"],
    "Upgrade": ["websocket", "", "h2c"],
    "If-Modified-Since": _DATES,
    "If-Unmodified-Since": _DATES,
    "If-Match": _TAGS,
    "If-None-Match": _TAGS,
    "If-Range": [*_DATES, *_TAGS],
    "Range": [
        *[f"bytes={text}" for text in _RANGES],
        "bytes",
        "bytes=",
        "BYTES=0-1",
        "bytes 0-1",
        "byte=0-1",
        " bytes=0-1",
        "bytes =0-1",
        "items=0-1",
    ],
    "Content-Range": ["bytes 0-1/5", ""],
    "Content-Type": ["text/plain", "", "application/x-www-form-urlencoded"],
    "Authorization": ["Basic YTpi", "", "Basic", "x"],
    "User-Agent": [
        "x",
        "",
        "Mozilla/4.0 (compatible; MSIE 6.0)",
        "Mozilla/5.0 (Macintosh) AppleWebKit Safari/1 KHTML, like Gecko",
        "Opera MSIE 5",
        "MSIE 4.",
        "Chrome/1 Safari/",
    ],
    "Referer": ["http://front/", "", "x"],
    "Cookie": [
        "a=1",
        "a=1; b=2",
        "b=2; a=1",
        "a",
        "",
        "a=",
        "A=1",
        "a=1;a=2",
        "ba=1",
        "a =1",
        "a= 1",
        ";a=1",
        "b=a=1",
        "a=1,b=2",
        'a="x;y"',
        "b; a=1",
        "b=1;;a=2",
    ],
    "X-Forwarded-For": ["1.2.3.4", ""],
    "Accept-Encoding": ["gzip", "", "*"],
    "Via": ["1.1 x", ""],
    "TE": ["trailers"],
    "Trailer": ["X-A"],
    "Depth": ["0", "infinity"],
    "X-A": [
        "1",
        "",
        "abc",
        "123abc",
        "  two  ",
        "a\tb",
        "\xff",
        "\t",
        "a\rb",
        "a\0b",
        "a: b",
        "x" * 100,
        "x" * 240,
        "x" * 5000,
        "x" * 9000,
        " \t x",
        "a\x01b",
        "a\x7fb",
        "a.example",
        "\r",
    ],
    "X_A": ["1"],
    "X.A": ["1"],
}
_BAD_LINES = [
    "no colon",
    ":",
    ": empty name",
    "X-A : space",
    "X A: space",
    "\tX-A: tab",
    " folded",
    "X-A",
    "=",
    "X-A\0: nul",
    "X\x01: one",
    "X-A\r: cr",
    "\r",
    "X-A:1",
]
_BAD_LINES += [
    "X-A:\r",
    "X-A: 1\r\r",
    "X-A: 1\r\r\r",
    "X\x7f: del",
    "()<>: x",
    "X-A:",
    "x" * 300 + ": long",
    "x" * 9000 + ": long",
    '"X": 1',
    "_: 1",
    "X-A;: 1",
    "X-\xff: 1",
    "GET / HTTP/1.1",
]
_BAD_LINES += [
    "X-A: \r\rx",
    "-: 1",
    "X!A: 1",
    "Host",
    "Host : x",
    "Content-Length : 5",
    "Content-Length\t: 5",
    "content_length: 5",
    "Transfer-Encoding : chunked",
    "X-A: a\r\rb",
    " : x",
]
_SPECIAL = b'\r\n\0 \t:;=,-+0123456789aAfFgGxX\x7f\xff"%/@?#.[]*_'
_END = "GET /end HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Case:
    """What a client sends. port: the name of the port.  pieces: with a pause after each but the last."""

    port: str
    pieces: tuple[bytes, ...]


def cases(seed: int, count: int) -> list[Case]:
    """So many cases; the same ones for the same seed."""
    return [_case(Random(f"{seed}/{number}")) for number in range(count)]


def _case(random: Random) -> Case:
    request = _mutated(random, _request(random))
    if random.random() < 0.15:
        request += _request(random)
    if random.random() < 0.75:
        request += _END.encode()
    return Case(random.choice(_PORTS), pieces(random, request))


def _request(random: Random) -> bytes:
    method = "GET" if random.random() < 0.55 else random.choice(_METHODS[:4] if random.random() < 0.85 else _METHODS)
    target = random.choice(_PLACES) + random.choice(_TAILS) if random.random() < 0.85 else random.choice(_TARGETS)
    version = "HTTP/1.1" if random.random() < 0.88 else random.choice(_VERSIONS)
    space = " " if random.random() < 0.98 else random.choice(("  ", "\t", "", "   "))
    lines = [_line(random) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))]
    framing, body = _body(random) if method != "GET" or random.random() < 0.15 else ([], b"")
    lines += framing
    if random.random() < 0.9:
        lines.append("Host: front" if random.random() < 0.7 else f"Host: {random.choice(_HOSTS)}")
    if lines and random.random() < 0.05:
        lines.append(random.choice(lines))
    if random.random() < 0.06:
        lines.append(random.choice(_BAD_LINES))
    random.shuffle(lines)
    ends = ["\r\n"] if random.random() < 0.94 else ["\r\n", "\n", "\r\r\n", "\r"]
    start = "" if random.random() < 0.9 else random.choice(("\r\n", "\n\n\r\n", "\r", " "))
    first = f"{method}{space}{target}{space if version else ''}{version}"
    head = start + "".join(line + random.choice(ends) for line in (first, *lines, ""))
    return head.encode("utf-8" if "٣" in head else "latin-1") + body


def _line(random: Random) -> str:
    name = random.choice(
        [*_VALUES, "If-Modified-Since", "If-None-Match", "If-Match", "If-Unmodified-Since", "Range", "Range", "Expect", "X-A"]
    )
    value = random.choice(_VALUES[name])
    if random.random() < 0.1:
        name = random.choice((name.upper(), name.lower()))
    return f"{name}{random.choice((': ', ': ', ': ', ':', ':   '))}{value}"


def _body(random: Random) -> tuple[list[str], bytes]:
    """The lines that frame a body, and its bytes."""
    content = random.choice((b"hello", b"hello", b"", b"x", b"a\r\n\r\nb", b"0\r\n\r\n", b"hello" * 60, b"0123456789" * 800))
    kind = random.random()
    if kind < 0.3:
        return [f"Content-Length: {len(content)}"], content
    if kind < 0.4:
        return [f"Content-Length: {random.choice(_NUMBERS)}"], content
    if kind < 0.5:
        return [f"Content-Length: {max(0, len(content) + random.choice((-1, 1, 5, -5, 100)))}"], content
    if kind < 0.9:
        return ["Transfer-Encoding: chunked"], _chunked(random, content)
    return [], content


_SIZES = [
    "0",
    "1",
    "5",
    "05",
    "00000000000000000005",
    "5 ",
    "5\t",
    " 5",
    "5;a=b",
    "5 ;a",
    "5;",
    "5\r",
    "g",
    "",
    "-1",
    "+5",
    "0x5",
    "5,5",
    "5 5",
    "A",
    "f",
    "400",
    "401",
    "6",
    "7",
]
_SIZES += [
    "7fffffffffffffff",
    "8000000000000000",
    "ffffffffffffffff",
    "10000000000000000",
    "7ffffffffffffff0",
    "5;a\rb",
    "5\0",
    "5;\0",
    "00",
    "0;a",
    "7ffffffffffffffa",
]
_SIZES += ["0" * 5000 + "5", "f" * 5000, "7ffffffffffffffb", "7ffffffffffffffc", "7fffffffffffff", "7ffffffffffffff"]
_TRAILERS = [
    "",
    "",
    "",
    "",
    "X-A: 1\r\n",
    "X-A\r\n",
    "X-A: 1\n",
    "\r",
    "\n",
    "x",
    ":\r\n",
    "X-A: 1\r",
    "X-A: a\rb\r\n",
    "\0\r\n",
    " \r\n",
    "X-A: 1\r\r\n",
    "a\r\nb\r\n",
    "\r\r\n",
]


def _chunked(random: Random, content: bytes) -> bytes:
    """A chunked body: a good one, or one with a broken place."""
    broken = random.random() < 0.4
    made = chunks(random, content.decode("latin-1"), broken, _SIZES)
    if not broken or random.random() < 0.85:
        last = random.choice(("0", "0", "00", "0;a", "0 ", "")) if broken else "0"
        end = random.choice(("", "\n", "\r", "x")) if random.random() < 0.05 else "\r\n"
        made.append(f"{last}\r\n{random.choice(_TRAILERS) if broken else ''}{end}")
    return "".join(made).encode("latin-1")


def _mutated(random: Random, request: bytes) -> bytes:
    """The request, often with some bytes changed: more at the beginning than later."""
    if random.random() > 0.2:
        return request
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        place = random.randrange(len(request) + 1) if random.random() < 0.5 else random.randrange(min(len(request), 100) + 1)
        other = random.randrange(len(request) + 1)
        byte = bytes((random.choice(_SPECIAL),)) if random.random() < 0.8 else bytes((random.randrange(256),))
        kind = random.randrange(6)
        if kind == 0:
            request = request[:place] + request[place + 1 :]
        elif kind < 3:
            request = request[:place] + byte + request[place:]
        elif kind == 3:
            request = request[:place] + byte + request[place + 1 :]
        elif kind == 4:
            request = request[: max(place, other)] + request[min(place, other) :]
        elif random.random() < 0.3:
            request = request[:place]
    return request
