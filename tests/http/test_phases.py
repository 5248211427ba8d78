import pytest

from ngxpush.http import phases
from tests.http.serving import Site


def server(text: str, files: dict[str, str | None] | None = None) -> Site:
    return Site("server { listen 80; " + text + " }", files)


def test_internal_locations() -> None:
    site = server(
        "error_page 403 /i; location /i { internal; return 200 inside; } location / { deny all; } location /r { rewrite ^ /i; }"
    )
    assert site.get("/i")[0] == 404
    assert site.get("/x") == (403, "inside")
    assert site.get("/r") == (200, "inside")


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ("allow all;", 404),
        ("deny all;", 403),
        ("deny 127.0.0.1; allow all;", 403),
        ("deny 10.0.0.0/8;", 404),
        ("allow 127.0.0.0/8; deny all;", 404),
        ("deny unix:; deny ::/0;", 404),
    ],
)
def test_allow_and_deny(rules: str, status: int) -> None:
    assert server(f"location / {{ {rules} try_files /none =404; }}").get("/")[0] == status


@pytest.mark.parametrize(
    ("credentials", "status"), [("", 401), ("YW5uOnB3", 404), ("YW5uOm5v", 401), ("Ym9iOnB3", 401), ("c3NoYTpzM2NyZXQ=", 404)]
)
def test_auth_basic(credentials: str, status: int) -> None:
    users = "# people\nann:{PLAIN}pw:comment\nann:{PLAIN}no\nssha:{SSHA}Kd6WTgXUWO7I5P9fPmJ57jB1K5NwZXBwZXI=\n"
    site = server('auth_basic "m"; auth_basic_user_file users; try_files /none =404;', {"/etc/nginx/users": users})
    headers = f"\nAuthorization: Basic {credentials}" if credentials else ""
    assert site.get("/", headers=headers)[0] == status


def test_auth_basic_without_its_file() -> None:
    site = server('location / { auth_basic "m"; auth_basic_user_file gone; }')
    assert b'WWW-Authenticate: Basic realm="m"' in site.serve("GET / HTTP/1.1\nHost: x")
    assert site.get("/", headers="\nAuthorization: Basic YW5uOnB3")[0] == 403


def test_satisfy_any() -> None:
    auth = 'auth_basic "m"; auth_basic_user_file gone; try_files /none =404;'
    assert server(f"location / {{ satisfy any; allow 127.0.0.1; deny all; {auth} }}").get("/")[0] == 404
    assert server(f"location / {{ satisfy any; deny all; {auth} }}").get("/")[0] == 401


def test_limit_except() -> None:
    site = server(
        "location / { limit_except GET { deny all; } empty_gif; } location /o { limit_except GET { allow all; } empty_gif; }"
    )
    assert site.get("/", method="HEAD")[0] == 200
    assert site.get("/", method="POST")[0] == 403
    assert site.get("/o")[0] == 200
    assert site.get("/o", method="BREW")[0] != 200


def test_large_bodies() -> None:
    site = server("client_max_body_size 5; error_page 413 /e; location = /e { return 200 custom; } location / { empty_gif; }")
    assert site.get("/", method="POST", headers="\nContent-Length: 6") == (413, "custom")
    assert site.connection.discarded


FILES: dict[str, str | None] = {"/etc/nginx/html/a": "A", "/etc/nginx/html/d": None, "/etc/nginx/html/x.html": "X"}


@pytest.mark.parametrize(
    ("rule", "target", "answer"),
    [
        ("try_files $uri.html $uri/ @f;", "/x", "/x.html"),
        ("try_files $uri @f;", "/d", "fallback /d"),
        ("try_files $uri $uri/ @f;", "/d", "/d"),
        ("try_files $uri /e?u=$uri;", "/none?q", "e u=/none"),
        ("try_files $uri =404;", "/none", "/none"),
    ],
)
def test_try_files(rule: str, target: str, answer: str) -> None:
    show = 'location @f { return 200 "fallback $uri"; } location = /e { return 200 "e $args"; }'
    site = server(f"location / {{ {rule} empty_gif; }} {show}", FILES)
    body = site.get(target)[1]
    assert site.request is not None
    assert answer == (body if body.startswith(("e ", "fallback")) else site.request.uri.decode())


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("404 /t", (404, "t [] GET")),
        ("404 =200 /t?a=$uri", (200, "t [a=/x] GET")),
        ("404 = /t", (201, "t [] GET")),
        ("404 = @n", (202, "n /x [q] POST")),
        ("404 @n", (404, "n /x [q] POST")),
    ],
)
def test_error_pages(page: str, answer: tuple[int, str]) -> None:
    site = server(
        f"location /x {{ error_page {page}; return 404; }}"
        'location /t { return 201 "t [$args] $request_method"; } location @n { return 202 "n $uri [$args] $request_method"; }'
    )
    assert site.get("/x?q", method="POST") == answer


def test_error_page_elsewhere() -> None:
    site = server("location / { error_page 404 http://o.example$uri; return 404; }")
    assert site.get("/a")[0] == 302
    assert site.location_of("/a") == "http://o.example/a"


def test_errors_of_error_pages() -> None:
    pages = "location /a { error_page 404 /b; return 404; } "
    pages += "location /b { error_page 410 /c; return 410; } location /c { return 200 c; }"
    assert server(pages).get("/a")[0] == 410
    assert server("recursive_error_pages on; " + pages).get("/a") == (410, "c")
    assert server("recursive_error_pages on; error_page 404 /none; location / { return 404; }").get("/")[0] == 500
    assert server("location / { error_page 404 @none; return 404; }").get("/")[0] == 500


def test_refused_requests_have_error_pages() -> None:
    site = server('error_page 400 /e; location /e { return 200 "custom [$uri]"; }')
    assert site.get("/%zz") == (400, "custom [/e]")


def test_post_action_asks_once_more_when_the_answer_is_out() -> None:
    site = server('location / { post_action /p; return 200 "$uri"; } location = /p { return 202 "never seen"; }')
    assert site.get("/x", method="POST") == (200, "/x")
    assert site.request is not None and phases.has_post_action(site.request)
    site.follow()
    assert b"never seen" not in site.connection.written
    assert (site.request.uri, site.request.response.status, site.request.response.complete) == (b"/p", 202, True)
    assert not phases.has_post_action(site.request)


@pytest.mark.parametrize("target", ["/again", "@none"])
def test_post_action_of_its_own_location_ends_with_the_redirects(target: str) -> None:
    site = server(f"post_action {target}; location / {{ return 200 x; }}")
    site.get("/")
    rounds = 0
    assert site.request is not None
    while phases.has_post_action(site.request):
        site.follow()
        rounds += 1
    assert (rounds, site.request.response.status) == (11, 500)
    assert "cycle" in str(site.connection.logged[-1])
