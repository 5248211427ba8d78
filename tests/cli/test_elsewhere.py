"""What commands that do not connect say of channels that are in Redis."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ngxpush.cli import explain, routes
from ngxpush.cli.channels import VARIABLE

_CONF = """events {}
http {
    push_stream_shared_memory_size 1m chat;
    server { listen 80; location /pub { push_stream_publisher; push_stream_channels_path $arg_id; } }
}
"""
_SAID = f"ngxpush: {VARIABLE} has the channels in redis://***@127.0.0.1:1; this command does not connect to it\n"


@pytest.fixture
def conf(tmp_path: Path) -> str:
    path = tmp_path / "nginx.conf"
    path.write_text(_CONF)
    return str(path)


@pytest.mark.parametrize(("url", "said"), [("redis://:pw@127.0.0.1:1", _SAID), ("shop=redis://127.0.0.1:1", ""), ("", "")])
def test_where_they_are(monkeypatch: pytest.MonkeyPatch, conf: str, url: str, said: str) -> None:
    monkeypatch.setenv(VARIABLE, url)
    for done in (CliRunner().invoke(routes.command, [conf]), CliRunner().invoke(explain.command, [conf, "POST /pub?id=a"])):
        assert (done.exit_code, done.stderr) == (0, said), done.output


def test_a_wrong_url(monkeypatch: pytest.MonkeyPatch, conf: str) -> None:
    monkeypatch.setenv(VARIABLE, "redis:x")
    done = CliRunner().invoke(routes.command, [conf])
    assert done.exit_code == 2
    assert f"Error: {VARIABLE} has a URL that can't be used: " in done.stderr
