"""What requests and answers have in common: numbers, dates, chunks and lines, right and wrong, as nginx treats them specially."""

from __future__ import annotations

# A good request, the last one of its connection.
END = b"GET /end HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n"

NUMBERS = """
0 1 3 5 6 7 00005 +5 -1 5,5 5;q 0x5 5.0 1e1 1024 1025 2147483647 2147483648 4294967295 4294967296
9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616 99999999999999999999
000000000000000000000000000000005
""".split()
NUMBERS += ["", "5 ", "5\t", "5 5", "\t5", "9" * 5000, "0" * 5000 + "5"]

DATES = """\
Sun, 09 Sep 2001 01:46:40 GMT
Sun, 09 Sep 2001 01:46:39 GMT
Sun, 09 Sep 2001 01:46:41 GMT
Sunday, 09-Sep-01 01:46:40 GMT
Sunday, 09-Sep-70 01:46:40 GMT
Sun Sep  9 01:46:40 2001
Sun Sep 09 01:46:40 2001
Sun Sep  9 01:46:40 70
Sun, 9 Sep 2001 01:46:40 GMT
Sun, 09 sep 2001 01:46:40 GMT
Sun,09 Sep 2001 01:46:40
Sun 09 Sep 2001 01:46:40 GMT
Sun, 09 Sep 2001 01:46:40GMT
Sun, 09 Sep 2001 01.46.40 GMT
 Sun, 09 Sep 2001 01:46:40 GMT
Sun, 09 Sep 2001
Sun, 31 Feb 2001 01:46:40 GMT
Sun, 00 Sep 2001 01:46:40 GMT
Sun, 09 Sep 2001 24:46:40 GMT
Sun, 09 Sep 2001 01:46:60 GMT
Sat, 29 Feb 2000 00:00:00 GMT
Sat, 29 Feb 1900 00:00:00 GMT
Sun, 09 Sep 0000 01:46:40 GMT
Sun, 09 Sep 1901 01:46:40 GMT
Wed, 31 Dec 1969 23:59:59 GMT
Thu, 01 Jan 1970 00:00:00 GMT
Sat, 31 Dec 2050 00:00:00 GMT
Fri, 31 Dec 9999 23:59:59 GMT
Sun, 09 Sep 20010 01:46:40 GMT
Sun, 09 Sep 99999 01:46:40 GMT
never
0
-1
999999999999999999999999999999
""".split("\n")  # the last one is empty
DATES += ["9" * 5000]

CODINGS = [
    "chunked",
    "Chunked",
    "CHUNKED",
    "gzip, chunked",
    "identity",
    "",
    "chunked, chunked",
    "xchunked",
    "xchunkedx",
    "chunke",
    "gzip",
    "chunked;a",
    "chunked;a=b",
    "chunked ",
    "\tchunked",
]

# Values of a header that means nothing to nginx.
VALUES = [
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
    'a\\b"c',
    "a.example",
    "\r",
]

# Lines that are none, or odd ones.
BAD_LINES = [
    "no colon",
    ":",
    ": empty name",
    "X-A : space",
    "X A: space",
    "\tX-A: tab",
    " folded",
    " : x",
    "X-A",
    "=",
    "X-A\0: nul",
    "X\x01: one",
    "X-A\r: cr",
    "\r",
    "X-A:1",
    "X-A:",
    "X-A:\r",
    "X-A: 1\r\r",
    "X-A: 1\r\r\r",
    "X-A: \r\rx",
    "X-A: a\r\rb",
    "X\x7f: del",
    "()<>: x",
    '"X": 1',
    "_: 1",
    "-: 1",
    "X!A: 1",
    "X-A;: 1",
    "X-\xff: 1",
    "x" * 300 + ": long",
    "x" * 5000 + ": long",
    "x" * 9000 + ": long",
    "Content-Length : 5",
    "Content-Length\t: 5",
    "content_length: 5",
    "Transfer-Encoding : chunked",
]

CHUNK_SIZES = """
0 1 5 05 00000000000000000005 5;a=b 5; g -1 +5 0x5 5,5 A f 400 401 6 7 7fffffffffffff 7ffffffffffffff 7fffffffffffffff
8000000000000000 ffffffffffffffff 10000000000000000 7ffffffffffffff0 7ffffffffffffffa 7ffffffffffffffb 7ffffffffffffffc 00 0;a
""".split()
CHUNK_SIZES += ["", "5 ", "5\t", " 5", "5 ;a", "5\r", "5 5", "5;a\rb", "5\0", "5;\0", "0" * 5000 + "5", "f" * 5000]

LAST_CHUNK_SIZES = ["0", "0", "00", "0;a", "0 ", ""]

TRAILERS = [
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

# What stands where a chunk, and where a body in chunks should end with CRLF.
CHUNK_ENDS = ["\n", "\r", "", "\r\r\n", " \r\n", "x\r\n"]
BODY_ENDS = ["\n", "\r", "", "x", "\r\n\r\nx", "\r\n5\r\nhello\r\n0\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n"]

SPECIAL_BYTES = b'\r\n\0 \t:;=,-+0123456789aAfFgGxX\x7f\xff"%/@?#.[]*_'
