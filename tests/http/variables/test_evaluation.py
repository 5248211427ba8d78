import pytest

from tests.http.serving import Site


def shown(text: str, target: str = "/", headers: str = "", http: str = "") -> str:
    site = Site(http + 'server { listen 80; server_name first.example; location / { return 200 "' + text + '"; } }')
    return site.get(target, headers=headers)[1]


@pytest.mark.parametrize(
    ("args", "value"),
    [
        ("a=1&a=2", "1"),
        ("A=1", "1"),
        ("xa=1&a=2", "2"),
        ("a&a=3", "3"),
        ("a==b;c", "=b;c"),
        ("b=a=1", ""),
        ("a=x%20y+z", "x%20y+z"),
    ],
)
def test_arguments(args: str, value: str) -> None:
    assert shown("$arg_a", "/?" + args) == value


@pytest.mark.parametrize(
    ("cookies", "value"),
    [
        ("sid=1; sid=2", "1"),
        ("xsid=no; SID=yes", "yes"),
        ("a=1, sid=comma", "comma"),
        ("sid = spaced ; x=1", "spaced "),
        ("sid; sid=2", ""),
        ('sid="q;"', '"q'),
        ("a=1\nCookie: sid=second", "second"),
    ],
)
def test_cookies(cookies: str, value: str) -> None:
    assert shown("$cookie_sid", headers="\nCookie: " + cookies) == value


def test_headers() -> None:
    headers = "\nX-A: 1\nX-A: 2\nCookie: a\nCookie: b\nX-Forwarded-For: 1\nX-Forwarded-For: 2"
    assert shown("$http_x_a $http_cookie $http_x_forwarded_for [$http_none]", headers=headers) == "1 a; b 1, 2 []"


@pytest.mark.parametrize(
    ("credentials", "user"),
    [("Basic Ym9iOnA=", "bob"), ("basic  Ym9iOg==", "bob"), ("Basic Ym9i", ""), ("Basic OnB3", ""), ("Basic !", "")],
)
def test_remote_user(credentials: str, user: str) -> None:
    assert shown("$remote_user", headers="\nAuthorization: " + credentials) == user


def test_request_line() -> None:
    assert shown("$request|$request_uri|$uri|$args|$is_args|$host|$status", "/a%20b/../c?x=1") == (
        "GET /a%20b/../c?x=1 HTTP/1.1|/a%20b/../c?x=1|/c|x=1|?|localhost|200"
    )


def test_time() -> None:
    assert shown("$msec $request_time") == "1000000000.000 1000000000.000"


def test_maps() -> None:
    maps = r'map $arg_k $v { default "d $arg_k"; One 1; "" empty; ~^(.)(.)$ "$2$1"; \~x tilde; } '
    maps += "map $arg_k $h { hostnames; .a.b dot; www.* w; }"
    for key, value in [("ONE", "1"), ("", "empty"), ("ab", "ba"), ("~x", "tilde"), ("long", "d long")]:
        assert shown("$v", "/?k=" + key, http=maps) == value
    for key, value in [("a.b", "dot"), ("x.a.b.", "dot"), ("www.a", "w"), ("x", "")]:
        assert shown("$h", "/?k=" + key, http=maps) == value


def test_a_map_changes_the_captures_of_the_whole_text() -> None:
    site = Site('map $arg_q $m { ~^(.)(.+)$ "$2$1"; } server { listen 80; location ~ ^/(.*)$ { return 200 "$1 $m $1"; } }')
    assert site.get("/abc?q=xyz") == (200, "x yzx x")
    assert site.get("/abc?q=x") == (200, "abc  abc")


def test_a_map_is_worked_out_once_unless_volatile() -> None:
    maps = "map $uri $once { /a A; /b B; } map $uri $each { volatile; /a A; /b B; }"
    site = Site(
        maps
        + ' server { listen 80; location /a { set $x $once$each; rewrite ^ /b; } location /b { return 200 "$x $once $each"; } }'
    )
    assert site.get("/a") == (200, "AA A B")


def test_geo() -> None:
    geo = "geo $arg_ip $g { default none; 10.0.0.0/8 ten; 10.1.0.0/16 one; 255.255.255.255 broken; 2001:db8::/32 six; }"
    for address, value in [
        ("10.2.3.4", "ten"),
        ("10.1.3.4", "one"),
        ("9.1.1.1", "none"),
        ("x", "broken"),
        ("2001:db8::1", "six"),
    ]:
        assert shown("$g", "/?ip=" + address, http=geo) == value


def test_geo_behind_proxies() -> None:
    lines = "127.0.0.0/8 loop; 203.0.113.0/24 doc; 10.0.0.0/8 ten;"
    geo = f"geo $f {{ proxy 127.0.0.1; {lines} }} geo $r {{ proxy 127.0.0.1; proxy 10.0.0.0/8; proxy_recursive; {lines} }}"
    assert shown("$f $r", headers="\nX-Forwarded-For: 203.0.113.7, 10.0.0.1", http=geo) == "ten doc"


def test_split_clients() -> None:
    split = 'split_clients "$arg_u" $part { 10% a; 20.5% b; 0.5% c; * d; }'
    assert [shown("$part", "/?u=" + user, http=split) for user in ("", "alice", "bob")] == ["a", "b", "d"]


def test_invalid_referer() -> None:
    def get(referer: str) -> str:
        rules = "valid_referers none blocked server_names *.example.com example.org/app/ ~\\.google\\.;"
        site = Site(f'server {{ listen 80; server_name localhost; {rules} location / {{ return 200 "[$invalid_referer]"; }} }}')
        return site.get("/", headers="\nReferer: " + referer)[1]

    for valid in (
        "http://localhost/x",
        "https://a.example.com:1/",
        "http://example.org/app/1",
        "http://www.google.de/",
        "hidden",
    ):
        assert get(valid) == "[]"
    for invalid in ("http://example.com/", "http://example.org/other", "http://evil.test/"):
        assert get(invalid) == "[1]"


def test_a_map_of_itself_ends_after_a_hundred_rounds() -> None:
    site = Site('map $m $m { default "[$m]"; } server { listen 80; location / { return 200 $m; } }')
    assert site.get("/")[1] == "[" * 100 + "]" * 100
    assert site.connection.logged == [("error", b'cycle while evaluating variable "m"')] * 4


def test_realpath_root() -> None:
    text = "server { listen 80; location / { root /%s; return 200 [$realpath_root]; } }"
    assert Site(text % "r").get("/")[1] == "[/real/r]"
    gone = Site(text % "gone")
    assert gone.get("/")[1] == "[]"
    assert gone.connection.logged == [("crit", b'realpath() "/gone" failed (2: No such file or directory)')]
