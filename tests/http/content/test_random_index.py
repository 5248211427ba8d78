"""random_index."""

from __future__ import annotations

import pytest

from ..serving import Site

_FILES = {"/s": None, "/s/one": None, "/s/one/x.txt": "X", "/s/one/.h": "h", "/s/two": None, "/s/two/sub": None}


@pytest.mark.parametrize(
    ("target", "method", "answer"),
    [
        ("/one/", "GET", (200, "X")),
        ("/one/", "POST", (405, None)),
        ("/one/", "PUT", (405, None)),
        ("/two/", "GET", (403, None)),
        ("/none/", "GET", (404, None)),
        ("/one/x.txt", "GET", (200, "X")),
        ("/off/", "GET", (403, None)),
        ("/bad/", "GET", (500, None)),
    ],
)
def test_a_file_stands_for_its_directory(target: str, method: str, answer: tuple[int, str | None]) -> None:
    site = Site(
        """server { root /s; location / { random_index on; } location /off/ { alias /s/one/; }
        location /bad/ { alias /s/one/; rewrite ^ /bad/x/ break; random_index on; } }""",
        _FILES,
    )
    assert site.get_own(target, method) == answer
