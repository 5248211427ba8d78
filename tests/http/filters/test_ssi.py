"""ssi: each page is one that nginx 1.22.1 has answered in the same way (recordings found_flow/ssi-*)."""

from __future__ import annotations

import pytest

from ngxpush.http.ssi.reader import CommandReader

from ..serving import Site

_ERROR = "[an error occurred while processing the directive]"
_SERVER = """server {
    ssi on; root /s; ssi_silent_errors off;
    location /short/ { alias /s/; ssi_value_length 5; } location /silent/ { alias /s/; ssi_silent_errors on; }
    location = /echo { return 200 "echo($args)"; }
    location /off/ { alias /s/; ssi off; } location /lm/ { alias /s/; ssi_last_modified on; }
}"""


def _site(page: str) -> Site:
    return Site(_SERVER, {"/s": None, "/s/p.html": page, "/s/t.txt": "TXT", "/s/empty.txt": "", "/s/n.html": _NESTED})


def _body(answer: bytes) -> str:
    """The body without its chunks."""
    rest, body = answer.partition(b"\r\n\r\n")[2], b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body.decode("latin-1")


def _get(site: Site, path: str = "/p.html") -> str:
    return _body(site.serve(f"GET {path}?a=1&b=bcde&e= HTTP/1.1\nHost: a"))


_NESTED = '<n><!--#set var="n" value="nn" --><!--#include virtual="/t.txt" --><!--#echo var="n"--></n>'


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ("plain <!-- comment --> <!-x", "plain <!-- comment --> <!-x"),
        ('<<!--#echo var="arg_a"--><!<!--#echo var="arg_a"--><!--<!--#\techo\n var = \'arg_a\'\r\n-->', "<1<!1<!--1"),
        ('[<!--#echo var="none" -->][<!--#echo var="ARG_A"-->][<!--#echo var="no" default="d$x"-->]', "[(none)][1][d$x]"),
        ('[<!--#echo var="arg_e" default="D"-->][<!--#echo var="" -->][<!--#echo var="1"-->]', "[][(none)][(none)]"),
        ('<!--#set var="x" value="<a&\\"b\'>"--><!--#echo var="x"-->', "&lt;a&amp;&quot;b'&gt;"),
        ('<!--#set var="x" value="<a&\\"b\'>"--><!--#echo var="X" encoding="url"-->', "%3Ca&%22b%27%3E"),
        ('<!--#set var="x" value="$arg_a-${arg_b}-$no"--><!--#echo var="x"-->', "1-bcde-"),
        ('<!--#set var="x" value="a\\$b \\\\ c\\d"--><!--#echo var="x"-->', "a$b \\ c\\d"),
        ('<!--#if expr="$arg_a = 2" -->one<!--#elif expr="$arg_a = 1" -->two<!--#else -->three<!--#endif -->', "two"),
        ('<!--#if expr="$arg_a != 1" -->T<!--#else -->F<!--#endif -->', "F"),
        ('<!--#if expr="$no" --><!--#bad --><!--#if expr="1"-->x<!--#endif -->z', "z"),
        ('<!--#if expr="$arg_b = /b(.)(?P<n>d)/" --><!--#set var="q" value="$1$2$3$0" --><!--#echo var="q"-->', "cdbcd"),
        ('<!--#if expr="$arg_b = /b(?P<nm>.)/" --><!--#echo var="nm"--><!--#endif -->', "c"),
        (
            'a<!--#include virtual="/t.txt" -->b<!--#include file="t.txt" -->c<!--#include virtual="/echo?q=$arg_a" -->',
            "aTXTbTXTcecho(q=1)",
        ),
        ('a<!--#include virtual="/n.html" -->b<!--#echo var="n" -->', "a<n>TXTnn</n>b(none)"),
        ('a<!--#include virtual="/n.html" wait="yes" -->b<!--#echo var="n" -->', "a<n>TXTnn</n>bnn"),
        ('<!--#include virtual="/t.txt" set="v" -->[<!--#echo var="v" -->]', "[TXT]"),
        ('<!--#include virtual="/none" set="v" -->[<!--#echo var="v" -->]', "[]"),
        ('<!--#block name="s"-->S<!--#echo var="no"--><!--#endblock--><!--#include virtual="/none" stub="s"-->', "S(none)"),
        (
            '<!--#block name="s"-->S<!--#echo var=\'no\'--><!--#endblock--><!--#include virtual="/empty.txt" stub="s"-->',
            'S<!--#echo var="no" -->',
        ),
        ('<!--#block name="s"-->S<!--#endblock--><!--#include virtual="/t.txt" stub="s"-->', "TXT"),
        ('<!--#config errmsg="E" timefmt="const" --><!--#bad --><!--#echo var="date_gmt"-->', "Econst"),
        ('<!--#config timefmt="%s" --><!--#echo var="date_local"-->', "1700000000"),
        ('<!--#echo var="no" default="<\\"" encoding="none"--><!--#echo var="no" default="<"-->', '<\\"<'),
        ('abc<!--#echo var="arg_a"', "abc"),
        ("abc<!-", "abc"),
    ],
)
def test_pages(page: str, body: str) -> None:
    site = _site(page)
    site.now = 1_700_000_000.5
    assert _get(site) == body


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("bad", b'invalid SSI command: "bad"'),
        ("echo", b'mandatory "var" parameter is absent in "echo" SSI command'),
        ('echo bar="x"', b'invalid parameter name: "bar" in "echo" SSI command'),
        ('echo var="x" var="y"', b'duplicate "var" parameter in "echo" SSI command'),
        ("echo var=x", b'unexpected "x" symbol before value of "var" parameter in "echo" SSI command'),
        ("echo var", b'unexpected "-" symbol after "var" parameter in "echo" SSI command'),
        ('echo var "x"', b'unexpected """ symbol after "var" parameter in "echo" SSI command'),
        ('echo var="a"x', b'unexpected "x" symbol after "a" value of "var" parameter in "echo" SSI command'),
        ('echo var="\\""x', b'unexpected "x" symbol after "\\"" value of "var" parameter in "echo" SSI command'),
        ('echo var="a" - ', b'unexpected " " symbol in "echo" SSI command'),
        ('echo var="a" --x', b'unexpected "x" symbol in "echo" SSI command'),
        ("c" * 40, b'the "' + b"c" * 33 + b'..." SSI command is too long'),
        (f'echo {"p" * 40}="x"', b'too long "' + b"p" * 33 + b'..." parameter in "echo" SSI command'),
        (
            f'set var="x" value="{"v" * 256}"',
            b'too long "' + b"v" * 256 + b'..." value of "value" parameter in "set" SSI command',
        ),
        ("echo " + 'a="1" ' * 17, b'too many SSI command parameters: "echo"'),
        ('set var="x" value="$"', b'invalid variable name in "$"'),
        ('set var="x" value="\\$x \\\\ $$"', b'invalid variable name in "$x \\ \\ $$"'),
        ('set var="x" value="${x"', b'the closing bracket in "x" variable is missing'),
        ("else", b'invalid context of SSI command: "else"'),
        ('if expr="!$a"', b'invalid expression in "!$a"'),
        ('if expr="$a = /x"', b'invalid expression in "$a = /x"'),
        ('if expr="$a = /(/"', b'pcre2_compile() failed: missing closing parenthesis in "("'),
        ("include", b'no parameter in "include" SSI command'),
        ('include virtual="/x" file="y"', b'inclusion may be either virtual="/x" or file="y"'),
        ('include virtual="/t.txt" set="a" stub="b"', b'"set" and "stub" cannot be used together in "include" SSI command'),
        ('include virtual="/t.txt" stub="b"', b'"stub"="b" for "include" not found'),
        ('include file="/t.txt" wait="x"', b'"wait" cannot be used with file="/t.txt"'),
        ('include virtual="/t.txt" wait="x"', b'invalid value "x" in the "wait" parameter'),
        ('include virtual="../t.txt"', b'unsafe URI "/../t.txt" was detected'),
    ],
)
def test_what_is_refused(command: str, message: bytes) -> None:
    site = _site(f"a<!--#{command}-->b")
    assert _get(site) == f"a{_ERROR}b"
    assert site.connection.logged == [("error", message)]
    assert _get(site, "/silent/p.html") == "ab"


def test_an_if_inside_an_if() -> None:
    site = _site('<!--#if expr="1"-->p<!--#if expr="1"-->q<!--#endif-->')
    assert _get(site) == f"p{_ERROR}q"
    assert site.connection.logged == [("error", b'the "if" command inside the "if" command')]


def test_a_command_that_never_ends_is_logged() -> None:
    site = _site('<!--#echo var="a"x')
    assert _get(site) == ""
    assert [message for _, message in site.connection.logged] == [
        b'unexpected "x" symbol after "a" value of "var" parameter in "echo" SSI command'
    ]


def test_an_unknown_encoding_is_logged_only() -> None:
    site = _site('<!--#echo var="arg_a" encoding="x"-->')
    assert _get(site) == "1"
    assert site.connection.logged == [("error", b'unknown encoding "x" in the "echo" command')]


def test_a_variable_takes_no_more_than_a_buffer() -> None:
    site = Site(_SERVER, {"/s/p.html": '<!--#include virtual="/big.txt" set="v" -->', "/s/big.txt": "x" * 5000})
    site.serve("GET /p.html HTTP/1.1\nHost: a")
    assert site.connection.terminated == -1
    assert site.connection.logged == [("error", b"too big subrequest response: 5000")]


def test_the_included_location_says_how_large_its_answer_may_be() -> None:
    pages = {"/s/p.html": '<!--#include virtual="/a.txt" set="v" -->', "/s/a.txt": "xxx"}
    site = Site("server { root /s; location / { ssi on; } location /a { subrequest_output_buffer_size 2; } }", pages)
    site.serve("GET /p.html HTTP/1.1\nHost: a")
    assert site.connection.logged == [("error", b"too big subrequest response: 3")]


def test_a_page_that_includes_itself() -> None:
    site = _site('a<!--#include virtual="/p.html" -->')
    assert _get(site) == "a" * 52 + _ERROR
    assert site.connection.logged == [("error", b'subrequests cycle while processing "/p.html"')]


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/p.html", b"chunked"),
        (
            "/lm/p.html",
            b"Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nETag: W/",
        ),
        ("/off/p.html", b"Content-Length: 1"),
        ("/empty.txt", b"Content-Length: 0"),
    ],
)
def test_the_head(path: str, lines: bytes) -> None:
    assert lines in _site("x").serve(f"GET {path} HTTP/1.1\nHost: a")


def test_a_command_comes_in_pieces() -> None:
    reader = CommandReader(10)
    assert reader.feed(b'xx echo a="b', 2) == 12
    assert not reader.is_whole
    assert reader.feed(b'c"  -->rest', 0) == 7
    assert reader.command.written() == b'<!--#echo a="bc" -->'
    assert reader.command.error is None
