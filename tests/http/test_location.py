"""From a URI to a location."""

from __future__ import annotations

import pytest

from tests.http.serving import Site, server

LOCATIONS = r"""server { listen 80;
    location = / { return 200 exact; }
    location / { return 200 root; }
    location ^~ /img/ { return 200 noregex; location /img/in/ { return 200 inner; } }
    location /img/deep { return 200 deep; }
    location /app/ {
        location ~ \.php$ { return 200 "nested [$1]"; } location = /app/x.php { return 200 nestedexact; } return 200 app; }
    location ~ ^/(c)ap.*\.php$ { location ~ z$ { return 200 never; } return 200 "regex $1"; }
    location ~* \.PHP$ { return 200 caseless; }
    location /px/ { proxy_pass http://127.0.0.1:1; }
    location "/a b/" { proxy_pass http://127.0.0.1:1; }
    location /rt/ { return 200 rt; }
}"""


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("/", "exact"),
        ("/x", "root"),
        ("/img/a.php", "noregex"),
        ("/img/in/a.txt", "inner"),
        ("/img/deep.php", "caseless"),
        ("/app/a.php", "nested []"),
        ("/app/x.php", "nestedexact"),
        ("/app/x", "app"),
        ("/cap.php", "regex c"),
        ("/x.php", "caseless"),
        ("/rt", "root"),
        ("/%63ap.php", "regex c"),
    ],
)
def test_locations(target: str, answer: str) -> None:
    assert Site(LOCATIONS).get(target) == (200, answer)


@pytest.mark.parametrize(
    ("target", "location"),
    [("/px?a=1", "http://localhost:8080/px/?a=1"), ("/a%20b", "http://localhost:8080/a%20b/"), ("/rt", None)],
)
def test_slash_redirect_of_proxied_prefixes(target: str, location: str | None) -> None:
    assert Site(LOCATIONS).location_of(target) == location


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
