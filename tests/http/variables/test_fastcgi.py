"""$fastcgi_script_name and $fastcgi_path_info."""

from __future__ import annotations

import pytest

from ..serving import Site

_SITE = """server {
    location / { return 200 "$fastcgi_script_name|$fastcgi_path_info"; }
    location /s/ {
        fastcgi_index i.php; fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
        return 200 "$fastcgi_script_name|$fastcgi_path_info";
    }
}"""


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("/a.php/b", "/a.php/b|"),
        ("/d/", "/d/|"),
        ("/s/a.php/b/c", "/s/a.php|/b/c"),
        ("/s/a.php", "/s/a.php|"),
        ("/s/", "/s/i.php|"),
    ],
)
def test_the_uri_is_split(uri: str, shown: str) -> None:
    assert Site(_SITE).get(uri) == (200, shown)
