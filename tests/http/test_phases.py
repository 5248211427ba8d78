import pytest

from ngxpush.http import phases
from tests.http.serving import server


def test_internal_locations() -> None:
    site = server(
        "error_page 403 /i; location /i { internal; return 200 inside; } location / { deny all; } location /r { rewrite ^ /i; }"
    )
    assert site.get("/i")[0] == 404
    assert site.get("/x") == (403, "inside")
    assert site.get("/r") == (200, "inside")


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


def test_post_action_may_want_the_body_that_was_left_unread() -> None:
    site = server("location / { post_action /p; return 200 x; } location = /p { return 200 y; }")
    site.get("/")
    assert site.request is not None
    site.request.input.body_unread = True
    site.follow()
    assert not site.request.input.body_unread


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


def test_an_if_is_a_way_of_its_own() -> None:
    site = server(
        "location / { if ($arg_header) { add_header X-If yes; } return 200 here; }"
        "location /r { if ($arg_rewrite) { rewrite ^ /other; } try_files /none =410; }"
        "location /other { return 200 other; }",
        files={},
    )
    assert site.get("/x") == (200, "here")
    assert b"X-If: yes" not in site.connection.written
    assert site.get("/x?header=1") == (200, "here")
    assert b"X-If: yes" in site.connection.written
    assert [site.get(target)[0] for target in ("/r", "/r?rewrite=1", "/r")] == [410, 200, 410]


def test_a_location_is_asked_by_the_handlers_that_concern_it() -> None:
    site = server(
        "location / { return 200 open; }"
        "location /closed { deny all; }"
        "location /tried { try_files /none =410; }"
        "location /limited { limit_except GET { deny all; } error_page 403 404 405 =200 /closed/none; }",
        files={},
    )
    assert [site.get(path)[0] for path in ("/", "/closed", "/tried", "/")] == [200, 403, 410, 200]
    assert site.get("/limited", method="PUT")[0] == 403
