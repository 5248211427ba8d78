"""Values that are worked out for a request, once or each time."""

from __future__ import annotations

from ..serving import Site


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


def test_a_map_of_itself_ends_after_a_hundred_rounds() -> None:
    site = Site('map $m $m { default "[$m]"; } server { listen 80; location / { return 200 $m; } }')
    assert site.get("/")[1] == "[" * 100 + "]" * 100
    assert site.connection.logged == [("error", b'cycle while evaluating variable "m"')] * 4


def test_set_takes_the_place_of_values_that_are_nginxs_own() -> None:
    site = Site('server { location / { set $args a=2; set $limit_rate 1k; set $x "$args"; return 200 "$x $limit_rate"; } }')
    assert site.get("/?a=1") == (200, "a=2 1024")
