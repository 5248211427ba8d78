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
