"""$invalid_referer."""

from __future__ import annotations

from ..serving import Site


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
    assert get("http://" + 248 * "a" + ".google.") == "[]"
    assert get("http://" + 249 * "a" + ".google.") == "[1]"
