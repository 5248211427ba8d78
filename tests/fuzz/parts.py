"""What answers of upstream servers are composed of: the usual, and all that nginx treats specially, right and wrong."""

from __future__ import annotations

STATUSES = [
    "100", "101", "102", "103", "199", "201", "203", "204", "205", "206", "299", "300", "301", "302", "303", "304", "305",
    "307", "308", "399", "400", "401", "403", "404", "405", "408", "412", "413", "416", "418", "429", "444", "494", "495",
    "497", "499", "500", "501", "502", "503", "504", "505", "507", "599", "600", "999", "000", "099",
]
STATUS_LINES = [
    *(f"HTTP/1.1 {status} Text" for status in STATUSES),
    "HTTP/1.1 401 No", "HTTP/1.1 404 No", "HTTP/1.1 302 Found", "HTTP/1.1 304 Same", "HTTP/1.1 204 Empty", "HTTP/1.1 206 Part",
    "HTTP/1.0 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1  200 OK", "HTTP/2 200", "HTTP/2.0 200 OK",
    "HTTP/1.12 200 OK", "HTTP/11.1 200 OK", "HTTP/1.99999 200 OK", "HTTP/1.999 200 OK", "HTTP/99.1 200 OK", "HTTP/0.9 200 OK",
    "HTTP/01.01 200 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 200OK", "HTTP/1.1 20 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK",
    "HTTP/1.1 200.5 OK", "HTTP/1.", "http/1.1 200 OK", "ICY 200 OK", "", " ", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 200 O\rK",
    "HTTP/1.1 200 O\x00K", "HTTP/1.1 200\r OK", "HTTP/.1 200 OK", "HTTP/1 200 OK", "HTTP/1. 200 OK", "HTTP/1.x 200 OK",
    "HTTP /1.1 200 OK", "HTTP/1.1 2 0 OK", "\r\nHTTP/1.1 200 OK", "HTTP/1.1 200 \xff", "H",
    "HTTP/1.1 200 " + "x" * 300,
    "HTTP/" + "1" * 300 + ".1 200 OK",
    "HTTP/1." + "0" * 300 + "1 200 OK",
]

HEADERS: dict[str, list[str]] = {
    "Content-Length": [
        "0", "1", "5", "00005", "+5", "-1", "5,5", "5;q", "0x5", "5.0", "1e1", "2147483647", "2147483648", "4294967295",
        "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
        "99999999999999999999", "000000000000000000000000000000005", "", "5 ", "5\t", "5 5", "9" * 5000,
    ],
    "Transfer-Encoding": [
        "chunked", "Chunked", "gzip, chunked", "identity", "", "chunked, chunked", "xchunkedx", "gzip", "chunked;a=b",
        "chunke",
    ],
    "Connection": ["close", "keep-alive", "Close", "", "close, x", "xclosex", "upgrade", "close, keep-alive"],
    "Keep-Alive": ["timeout=5", ""],
    "Upgrade": ["websocket", ""],
    "Trailer": ["X-A"],
    "TE": ["x"],
    "Status": ["404 Not Found", "500", "", "200 OK", "abc", "302"],
    "Content-Type": [
        "text/html", "text/plain; charset=koi8-r", "text/html;charset=utf-8", 'text/html; charset="utf-8"',
        "text/html; Charset=x; a=b", "text/html; charset=", "text/html;  charset=a;charset=b", "", ";", "; charset=utf-8",
        "application/json", "x", "text/html; a=b", "text/html; acharset=b", "text/html;charset = utf-8",
        "text/html ; charset=utf-8 ", "TEXT/HTML", "text/html charset=a",
    ],
    "Content-Encoding": ["gzip", "", "identity", "br", "GZIP"],
    "Content-Range": ["bytes 0-1/5", "", "x"],
    "Content-Disposition": ["attachment", ""],
    "Date": [
        "Sun, 09 Sep 2001 01:46:40 GMT", "Sunday, 09-Sep-01 01:46:40 GMT", "Sun Sep  9 01:46:40 2001", "never", "", "0", "-1",
        "999999999999999999999999999999", "Sun, 09 Sep 99999 01:46:40 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sat, 31 Dec 2050 00:00:00 GMT", "Sun, 31 Feb 2001 01:46:40 GMT",
    ],
    "Last-Modified": [
        "Sun, 09 Sep 2001 01:46:40 GMT", "Sunday, 09-Sep-01 01:46:40 GMT", "Sun Sep  9 01:46:40 2001", "never", "", "0", "-1",
        "999999999999999999999999999999", "Sun, 09 Sep 99999 01:46:40 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sat, 31 Dec 2050 00:00:00 GMT", "Sun, 31 Feb 2001 01:46:40 GMT",
    ],
    "Expires": [
        "Sun, 09 Sep 2001 01:46:40 GMT", "Sunday, 09-Sep-01 01:46:40 GMT", "Sun Sep  9 01:46:40 2001", "never", "", "0", "-1",
        "999999999999999999999999999999", "Sun, 09 Sep 99999 01:46:40 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sat, 31 Dec 2050 00:00:00 GMT", "Sun, 31 Feb 2001 01:46:40 GMT",
    ],
    "Server": ["x", "", "nginx"],
    "ETag": ['"a"', 'W/"a"', "", "a", '"'],
    "Location": [
        "http://old.example/a", "http://OLD.example/a", "http://one.test/b", "/a/b", "/c", "", "http://127.0.0.1:1/x", "a",
        "//x/y", "http://old.example/", "http://old.example", "http://two.test/c?d#e", "HTTP://ONE.TEST/b", "/", "http://x/ÿ",
        "/a%20b",
    ],
    "Refresh": ["0", "0; url=http://old.example/a", "5;URL=/a/b", "url=", "", "0; url=http://one.test/b; x", "0;url=;url=/a"],
    "Set-Cookie": [
        "a=b; Path=/one/x; Domain=one.example", "a", "", "=", "a=b;Path=/one/", "a=b; path=/xyz;secure",
        "b=c; Secure; HttpOnly", "c=d; HttpOnly; SameSite=None", "a=b;; Domain=.one.example", "a=b; domain=ONE.EXAMPLE; ",
        "a=b; Domain = one.example", ";;;", "; a=b", "a=b; Domain=sub.test; Path=/", "a=b; SameSite",
        "A=1; secure=1; samesite=strict", "abc=1; Secure", "a=b; Path", "a=b; Domain=", "a =b",
        "c=d; HttpOnly=x; x=y; SameSite=Lax; Path=/xx", " a = b ; Path = /one/y ; Max-Age=1", 'a="x;y"; Path="/one/"',
        "a=b\t; Secure",
    ],
    "Cache-Control": [
        "", "a", "b", "a, b", "no-cache", "private, max-age=10", "max-age=99999999999999999999", "max-age=", "max-age=x",
        "s-maxage=5, no-store",
    ],
    "Pragma": ["no-cache", ""],
    "Vary": ["Accept-Encoding", "*", "", "Cookie"],
    "Via": ["1.1 x", ""],
    "Link": ["</a>; rel=preload", ""],
    "WWW-Authenticate": ['Basic realm="a"', "Digest", ""],
    "Accept-Ranges": ["bytes", "none", ""],
    "X-Accel-Redirect": [
        "/int/a", "/int/a?b=c", "@named", "@nowhere", "/page.txt", "/../x", "/int/%2e%2e/x", "/int/a%20b", "int", "", "@", "/",
        "/int/\x00", "http://x/int/a", "/int/a#b", "/int/a?b#c", "/int/%00", "/int/..", "/int/../int/b", "/none", "/int/a b",
        "?", "/int/%zz", "/int//b",
    ],
    "X-Accel-Limit-Rate": ["1000000", "1m", "0", "", "-1", "99999999999999999999", "x", "1000000 "],
    "X-Accel-Buffering": ["yes", "no", "YES", "No", "", "maybe", "yes ", "on", "1"],
    "X-Accel-Charset": ["utf-8", "koi8-r", "", "nope", "UTF-8"],
    "X-Accel-Expires": ["0", "10", "@1000000000", "@", "", "x", "off", "99999999999999999999"],
    "X-Pad": ["x", ""],
    "X-A": [
        "1", "", "  two  ", "a\tb", "ÿ", "\t", "a\rb", "a\x00b", "a: b", "x" * 100, "x" * 5000, " \t x", "a\x01b", "a\x7fb",
        'a\\b"c',
    ],
    "X_A": ["1"],
    "X.A": ["1"],
}

# Lines that are none, or odd ones.
BAD_LINES = [
    "no colon", ":", ": empty name", "X-A : space", "X A: space", "\tX-A: tab", " folded", "X-A", "=", "X-A\x00: nul",
    "X\x01: one", "X-A\r: cr", "HTTP/1.1 200 OK", "\r", "X-A:1", "X-A:\r", "X-A: 1\r\r", "X\x7f: del", "()<>: x", "X-A:",
    '"X": 1', "_: 1", "X-A;: 1", "X-ÿ: 1",
    "x" * 5000 + ": long",
]

CHUNK_SIZES = [
    "0", "1", "5", "05", "00000000000000000005", "5 ", "5\t", " 5", "5;a=b", "5 ;a", "5;", "5\r", "g", "", "-1", "+5", "0x5",
    "5,5", "5 5", "A", "f", "7fffffffffffffff", "8000000000000000", "ffffffffffffffff", "10000000000000000",
    "7ffffffffffffff0", "5;a\rb", "5\x00", "5;\x00", "00", "0;a",
]

TRAILERS = [
    "", "", "", "", "X-A: 1\r\n", "X-A\r\n", "X-A: 1\n", "\r", "\n", "x", ":\r\n", "X-A: 1\r", "X-A: a\rb\r\n", "\x00\r\n",
    " \r\n",
]
