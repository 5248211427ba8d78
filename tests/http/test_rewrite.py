import pytest

from tests.http.serving import Site


def server(text: str, **files: str) -> Site:
    return Site(
        "server { listen 80; " + text + " }", {"/etc/nginx/" + name.replace("_", "."): content for name, content in files.items()}
    )


@pytest.mark.parametrize(
    ("condition", "target", "holds"),
    [
        ("$arg_a", "/?a=0", False),
        ("$arg_a", "/?a=00", True),
        ("$arg_a = b", "/?a=b", True),
        ("$arg_a != b", "/?a=b", False),
        ("$arg_a ~ ^B", "/?a=b", False),
        ("$arg_a ~* ^B", "/?a=b", True),
        ("$arg_a !~ ^b", "/?a=b", False),
        ("$arg_a !~* ^C", "/?a=b", True),
        ("-f /etc/nginx/x", "/", True),
        ("!-f /etc/nginx/x", "/", False),
        ("-d /etc/nginx/x", "/", False),
        ("-e /etc/nginx/none", "/", False),
        ("!-e /etc/nginx/none", "/", True),
    ],
)
def test_conditions(condition: str, target: str, holds: bool) -> None:
    site = server(f"location / {{ if ({condition}) {{ return 200 yes; }} return 200 no; }}", x="")
    assert site.get(target) == (200, "yes" if holds else "no")


def test_a_condition_owns_the_captures() -> None:
    site = server('location ~ ^/(.)$ { set $b $1; if ($arg_q ~ (2)) { set $hit y; } return 200 "$b [$1] [$hit]"; }')
    assert site.get("/l?q=12") == (200, "l [2] [y]")
    assert site.get("/l?q=1") == (200, "l [] []")


@pytest.mark.parametrize(
    ("rule", "target", "answer"),
    [
        ("rewrite ^/a/(.*)$ /s/$1 last;", "/a/1?q", "/s/1 q"),
        ("rewrite ^/a/(.*)$ /s/$1?x=$1 last;", "/a/1?q", "/s/1 x=1&q"),
        ("rewrite ^/a/(.*)$ /s/$1? last;", "/a/1?q", "/s/1 "),
        ("rewrite ^/a/(.*)$ /s?x=$1 last;", "/a/1%262", "/s x=1%262"),
        ("rewrite ^/a/ /b/; rewrite ^/b/ /s/;", "/a/1", "/s/ "),
        ("rewrite ^/a/(?<n>.*)$ /s?$n;", "/a/z", "/s z"),
        ("set $args y=2; rewrite ^ /s;", "/a/z?x", "/s y=2"),
    ],
)
def test_rewrites_of_the_uri(rule: str, target: str, answer: str) -> None:
    site = server(f'location /a/ {{ {rule} }} location /s {{ return 200 "$uri $args"; }} location / {{ return 200 other; }}')
    assert site.get(target) == (200, answer)


@pytest.mark.parametrize(
    ("rule", "target", "status", "location"),
    [
        ("rewrite ^/r/(.*)$ /n/$1 redirect;", "/r/a%20b%26?x=1", 302, "http://localhost:8080/n/a%20b&?x=1"),
        ("rewrite ^/r/(.*)$ /n?v=$1 permanent;", "/r/a%26b?x", 301, "http://localhost:8080/n?v=a%26b&x"),
        ("rewrite ^/r/(?<n>.*)$ /x?a=$n redirect;", "/r/a%20b%26c", 302, "http://localhost:8080/x?a=a b&c"),
        ("rewrite ^/(r) /s?$arg_q&$1 redirect;", "/r?q=1%262", 302, "http://localhost:8080/s?1%262&r&q=1%262"),
        ("rewrite ^/r/(.*)$ http://o.example/$1? last;", "/r/a?x", 302, "http://o.example/a"),
        ("rewrite ^/r/(.*)$ $scheme://o.example/$1 permanent;", "/r/a", 301, "http://o.example/a"),
    ],
)
def test_redirects(rule: str, target: str, status: int, location: str) -> None:
    site = server(rule)
    assert site.get(target)[0] == status
    assert site.location_of(target) == location


def test_last_and_break() -> None:
    rules = "rewrite ^/l$ /x last; rewrite ^/b$ /x break; rewrite ^/x$ /wrong; return 200 $uri;"
    site = server(f"location / {{ {rules} }} location = /x {{ return 200 found; }}")
    assert site.get("/l") == (200, "found")
    assert site.get("/b")[0] == 404
    assert site.get("/z") == (200, "/z")


def test_break_keeps_what_was_set() -> None:
    site = server('location / { set $a 1; if ($arg_b) { break; } set $a 2; error_page 404 @e; } location @e { return 200 "$a"; }')
    assert [site.get(target)[1] for target in ("/x", "/x?b=1")] == ["2", "1"]


def test_server_script_runs_once() -> None:
    site = server(
        'rewrite ^/one$ /two; set $n s; location = /two { set $n "${n}2"; rewrite ^ /one; } location = /one { return 200 $n; }'
    )
    assert site.get("/one") == (200, "s2")


def test_the_last_true_if_gives_its_settings_and_keeps_the_handler() -> None:
    site = server("location / { empty_gif; add_header X l; if ($arg_a) { add_header X a; } if ($arg_b) { set $u 1; } }")
    for target, value in [("/", b"l"), ("/?a=1", b"a"), ("/?a=1&b=1", b"l")]:
        answer = site.serve(f"GET {target} HTTP/1.1\nHost: x")
        assert b"\r\nX: " + value + b"\r\n" in answer
        assert b"image/gif" in answer


@pytest.mark.parametrize("rule", ["rewrite ^/(.*)$ $1 break;", "rewrite ^ /again last;"])
def test_failures(rule: str) -> None:
    assert server(f"location / {{ {rule} }}").get("/")[0] == 500


def test_return() -> None:
    site = server(
        "error_page 404 /e; location = /e { return 200 page; } location = /t { return 404 text; } location = /n { return 404; }"
        "location = /u { return https://x.example; } location = /c { return 444; }"
    )
    assert site.get("/t") == (404, "text")
    assert site.get("/n") == (404, "page")
    assert site.location_of("/u") == "https://x.example"
    assert site.serve("GET /c HTTP/1.1\nHost: x") == b""
    assert site.connection.terminated == 444


def test_break_ends_a_rewrite() -> None:
    """The URI is as it is now, and no location is looked for any more."""
    site = server("location /b/ { rewrite ^/b/(.*)$ /$1; break; }")
    site.files = {b"/etc/nginx/html/f": "file"}
    assert site.get("/b/f") == (200, "file")


def test_what_a_directory_is() -> None:
    site = server("location / { if (-x $document_root) { set $x x; } if (-e $document_root) { set $e e; } return 200 $x$e; }")
    site.files = {b"/etc/nginx/html": None}
    assert site.get("/") == (200, "e")
