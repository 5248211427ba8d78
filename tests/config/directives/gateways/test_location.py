"""What a location holds of a gateway: an answer is either stored or cached."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.gateways.proxy import ProxyLocation
from tests.http.serving import compiled


@pytest.mark.parametrize(
    ("http", "location", "stored", "cached"),
    [
        ("proxy_store on;", "", True, False),
        ("proxy_cache one;", "", False, True),
        ("proxy_store on;", "proxy_cache one;", False, True),
        ("proxy_cache one;", "proxy_store on;", True, False),
        ("proxy_store on;", "proxy_cache off;", True, False),
        ("proxy_cache one;", "proxy_cache off;", False, False),
        ("proxy_cache one;", "proxy_store off;", False, True),
    ],
)
def test_one_turns_the_other_off(http: str, location: str, stored: bool, cached: bool) -> None:
    text = f"proxy_cache_path /c keys_zone=one:64k; {http} server {{ {location} }}"
    configuration = compiled(text).http
    assert configuration is not None
    settings = configuration.addresses[0].servers[0].location.of(ProxyLocation)
    assert (bool(settings.store), settings.cache is not None) == (stored, cached)
