"""The linter as a whole: nginx's errors and the rules' advice in one order."""

from __future__ import annotations

from pathlib import Path

import pytest

from ngxpush.cli.linted_files import DiskFiles
from ngxpush.lint.finding import Level
from ngxpush.lint.linter import lint
from tests.lint.one_file import PATH, one_file, server

_FIXTURES = Path(__file__).parents[2] / "fixtures" / "nginx_confs"


@pytest.mark.parametrize("conf", [*_FIXTURES.glob("*.conf"), *_FIXTURES.glob("plain/*.conf")], ids=lambda path: path.stem)
def test_good_fixtures_have_no_errors(conf: Path) -> None:
    report = lint(str(conf), str(conf.parent), DiskFiles({}))
    assert report.worst() is not Level.ERROR
    assert report.complete


@pytest.mark.parametrize("conf", list(_FIXTURES.glob("broken/*.conf")), ids=lambda path: path.stem)
def test_broken_fixtures_have_errors(conf: Path) -> None:
    assert lint(str(conf), str(conf.parent), DiskFiles({})).worst() is Level.ERROR


def test_errors_and_advice_in_the_order_of_the_file() -> None:
    content = server(
        "\nlocation /a { push_stream_publisher admin; push_stream_channels_path $arg_id; }"
        "\nlocation /b { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages x; }"
    )
    found = [(finding.position.line, finding.level) for finding in lint(PATH, "/", one_file(content.encode())).findings]
    assert (2, Level.WARNING) in found
    assert (3, Level.ERROR) in found
    assert found == sorted(found, key=lambda place: place[0])


def test_comments_silence_advice() -> None:
    content = server("location /a { push_stream_publisher admin; push_stream_channels_path $arg_id; }")
    content += " # ngxpush: ignore[PS101,PS102,PS501] only reachable inside the cluster\n"
    assert not [finding for finding in lint(PATH, "/", one_file(content.encode())).findings if finding.code == "PS101"]
