import pytest

from ngxpush.http.content import HANDLERS, load_handlers


def test_gateways_are_loaded_where_a_location_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HANDLERS, "memcached", raising=False)
    load_handlers({None, "proxy"})
    assert "memcached" not in HANDLERS
    load_handlers({None, "memcached"})
    assert "memcached" in HANDLERS
