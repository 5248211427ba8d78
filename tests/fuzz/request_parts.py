"""What requests are composed of: the usual, and all that nginx treats specially, right and wrong."""

from __future__ import annotations

from .parts import BAD_LINES as COMMON_BAD_LINES
from .parts import CODINGS, DATES, VALUES
from .parts import NUMBERS as COMMON_NUMBERS

METHODS = "HEAD POST PUT DELETE".split()
ODD_METHODS = ["OPTIONS", "PATCH", "PROPFIND", "TRACE", "CONNECT", "get", "G_T", "-", "X" * 40, "GET1", "", "G\tT"]

# The locations of requests.conf.
PLACES = """
/return/ / /static/ /static/page.txt /static/page.html /static/big.txt /static/none /static /proxy/ /proxy11/ /changed/ /direct/
/limited/ /rewritten/ /redirected/ /conditional/ /conditional/page.txt /errors/page.txt /errors/none /closed/ /a.php
""".split()

TAILS = """
a b?c d?a=1&b=2 .. ../ ../../x ./x x/../y // //x x//y ///.. %41 %2e%2e/ %2E. %2f %2F.. %00 %zz % %4 %% a%20b a+b ?a=%00 ?a=%zz
#f ?a#f #f?a ? ?? ?a=1?b &a=1 ;a \\ \\..\\ ~ ' " < > | ^ ` { } ! $ * ( ) , : @ = a.php a.php/x .php %3f %23 %25 %5c %7f %ff %C3%A4
?%20 .hidden x. ... .../x ..x/ x.. /. /.. /./ /.//../ a/./b/../../.. ?a=1&A=2 ?a=&a=2 ?=1 ?a ?&&
""".split()
TAILS += [*[""] * 5, "\x01", "\x7f", "\xe4", "a\tb"]
TAILS += ["a" * 60, "a" * 130, "?" + "b" * 260, "/x" * 150, "a" * 1100, "a" * 9000]

TARGETS = """
http://host/x http://HOST.:81/x http://host?x http://host http://[::1]/x http://[::1]:80/x http://[::1/x http://[/x http://[]/x
http:///x http://h_st/x http://host:/x http://host:x/ http://host:99999/ http://a@b/ https://host/x ftp://x/y ht+tp://h/ h://h/
http:/x http:x 1http://x/ * host:80 x //x/y ?a #a http://a..b/ http://.a/ http://a./b http://-/ http://sub.pattern.test/a
http://x.wild.test/a//b http://h/../a http://h/%2e%2e/a http://h#a http://h:80?a http://[::1]a/ http://[fe80::1%25lo]/
http://[v1.a:b]/ http://h/a#b http://127.0.0.1/proxy/a http://[a]]/ http://[[a]/ http://h]/ http://h:80:80/ http://h:0080/
HTTP://H/PROXY/ http://h/proxy/x http://host/static/page.txt
""".split()

VERSIONS = """
HTTP/1.0 HTTP/1.0 HTTP/1.2 HTTP/1.9 HTTP/1.10 HTTP/1.99 HTTP/1.100 HTTP/1.999 HTTP/1.1000 HTTP/1.01 HTTP/1.001 HTTP/01.1 HTTP/0.9
HTTP/2.0 HTTP/2 HTTP/10.1 HTTP/11.1 HTTP/1. HTTP/1 HTTP/ HTTP http/1.1 HTP/1.1 HTTP/1.x HTTP/.1 HTTP/1.1x HTTP/x.1 HTTP/9.9 HTTP/3
HTTP//1.1
""".split()
VERSIONS += ["", "", "HTTP/1.1 ", "HTTP/1.1  ", "HTTP/1.1 x", "HTTP/1.1\t", "HTTP/1. 1", "HTTP/1.1\r"]
VERSIONS += ["HTTP/1." + "0" * 5000 + "1", "HTTP/1." + "9" * 5000]

NUMBERS = [*COMMON_NUMBERS, "٣"]

_TAGS = """\
"3b9aca00-b"
"3b9aca00-13"
"3b9aca00-80e8"
W/"3b9aca00-b"
"3B9ACA00-B"
w/"3b9aca00-b"
3b9aca00-b
"3b9aca00-b
"3b9aca00-b"x
"3b9aca00-b";
  "3b9aca00-b"
*
**
""
x
"x"
W/
"a,b"
"x", "3b9aca00-b"
"x" , W/"3b9aca00-b" ,"y"
"x","y","3b9aca00-b"
"x"  ,  "3b9aca00-b"  ,
"a" "3b9aca00-b"
,"3b9aca00-b"
"3b9aca00-b",
"3b9aca00-b" x, "b"
*, "a"
"a", *
""".split("\n")  # the last one is empty
_TAGS += ['"a",\t"3b9aca00-b"', '"3b9aca00-b"\t,', "* "]

_RANGES = """
0-0 0-4 1-3 5- -3 -0 -999999 999999- 0- 3-1 0-0,2-2 0-0,0-0,0-0 , 1-2, ,1-2 x 1 - -- 1-x x-1 01-03
9223372036854775807-9223372036854775807 9223372036854775808- 0-9223372036854775807 0-9223372036854775808 -9223372036854775808
0-18446744073709551616 +1-2 1-+2 1.0-2 0-0;1-1 0-4,2- 0-0,-1 0-99999999,1-1 30000- 0-0,99999- 99999-,0-0 0-0,x 0-10,0-10,0-10
1-2,3-4,5-6,7-8,-1 -1,-1 0-,0- 10-19,20-29,5-25
""".split()
_RANGES += ["0 - 4", " 1-2 ", "1-2 , 3-4", "1- 2", "1 -2", "- 3", "1\t-2", "", " ", "0-0, 2-2 ,", "1-2 3-4"]
_RANGES += ["0-" + "9" * 5000, "0" * 5000 + "1-3", "9" * 5000 + "-"]

HOSTS = """
front FRONT front. front: front:80 front:x front:80:80 a.pattern.test A.Pattern.Test 1.pattern.test x.wild.test wild.test small
relaxed 127.0.0.1 [::1] [::1]:80 [::1 ::1 a..b .a a. - _ a_b a/b a@b a,b * ~ %41 [a]b []: [] : :80 . .. a.: a.:80 "a" <a> a\\b a#b
a?b a=b ..a [a..b] [a/b] [a]: [A]. a;b a.:b
""".split()
HOSTS += ["", "a b", "a\tb", "\x01", "a\x7f", "\xe4", "a\0b", "a" * 300]

_CONNECTIONS = ["", "a", "close", "keep-alive", "Close", "close, x", "keep-alive, close", "upgrade", "x", "te", "xclosex"]
_CONNECTIONS += ["close\t", "\tclose", "close,close", "keep-alivE"]

_AGENTS = [
    "x",
    "",
    "Mozilla/4.0 (compatible; MSIE 6.0)",
    "Mozilla/5.0 (Macintosh) AppleWebKit Safari/1 KHTML, like Gecko",
    "Opera MSIE 5",
    "MSIE 4.",
    "Chrome/1 Safari/",
]

_COOKIES = ["a=1", "a=1; b=2", "b=2; a=1", "a", "", "a=", "A=1", "a=1;a=2", "ba=1", "a =1", "a= 1", ";a=1", "b=a=1", "a=1,b=2"]
_COOKIES += ['a="x;y"', "b; a=1", "b=1;;a=2"]

HEADERS: dict[str, list[str]] = {
    "Host": HOSTS,
    "Content-Length": NUMBERS,
    "Transfer-Encoding": CODINGS,
    "Connection": _CONNECTIONS,
    "Keep-Alive": ["timeout=5", "", "5"],
    "Expect": ["100-continue", "100-Continue", "", "x", "100-continue, x", "200-ok"],
    "Upgrade": ["websocket", "", "h2c"],
    "If-Modified-Since": DATES,
    "If-Unmodified-Since": DATES,
    "If-Match": _TAGS,
    "If-None-Match": _TAGS,
    "If-Range": [*DATES, *_TAGS],
    "Range": [
        *[f"bytes={text}" for text in _RANGES],
        *("bytes", "bytes=", "BYTES=0-1", "bytes 0-1", "byte=0-1", " bytes=0-1", "bytes =0-1", "items=0-1"),
    ],
    "Content-Range": ["bytes 0-1/5", ""],
    "Content-Type": ["text/plain", "", "application/x-www-form-urlencoded"],
    "Authorization": ["Basic YTpi", "", "Basic", "x"],
    "User-Agent": _AGENTS,
    "Referer": ["http://front/", "", "x"],
    "Cookie": _COOKIES,
    "X-Forwarded-For": ["1.2.3.4", ""],
    "Accept-Encoding": ["gzip", "", "*"],
    "Via": ["1.1 x", ""],
    "TE": ["trailers"],
    "Trailer": ["X-A"],
    "Depth": ["0", "infinity"],
    "X-A": VALUES,
    "X_A": ["1"],
    "X.A": ["1"],
}

BAD_LINES = [*COMMON_BAD_LINES, "GET / HTTP/1.1", "Host", "Host : x"]
