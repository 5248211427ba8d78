"""The parser of nginx's command line, against what nginx 1.22.1 answers."""

from __future__ import annotations

import pytest

from ngxpush.cli.nginx_options import InvalidOption, parse


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["-x"], 'invalid option: "x"'),
        (["-tx"], 'invalid option: "x"'),
        (["--version"], 'invalid option: "-"'),
        (["start"], 'invalid option: "start"'),
        ([""], 'invalid option: ""'),
        (["-t", "extra"], 'invalid option: "extra"'),
        (["-c"], 'option "-c" requires file name'),
        (["-t", "-e"], 'option "-e" requires file name'),
        (["-tp"], 'option "-p" requires directory name'),
        (["-g"], 'option "-g" requires parameter'),
        (["-s"], 'option "-s" requires parameter'),
        (["-s", ""], 'invalid option: "-s "'),
        (["-sSTOP"], 'invalid option: "-s STOP"'),
        (["-v", "-x"], 'invalid option: "x"'),
        (["--channels"], 'option "--channels" requires a URL'),
        (["--channels="], 'option "--channels" requires a URL'),
        (["--channel", "redis://a"], 'invalid option: "-"'),
    ],
)
def test_refused(line: list[str], message: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        parse(line)
    assert str(refused.value) == message


def test_letters_join_and_values_stick() -> None:
    options = parse(["-tqp", "/srv", "-cx.conf", "-gdaemon off;", "-", "-sstop"])
    assert (options.test, options.quiet, options.dump) == (True, True, False)
    assert (options.prefix, options.conf_path, options.directives) == ("/srv/", "/srv/x.conf", "daemon off;")
    assert options.signal == "stop"


@pytest.mark.parametrize(
    ("line", "conf_path"),
    [
        ([], "/etc/nginx/nginx.conf"),
        (["-c", "a.conf"], "/usr/share/nginx/a.conf"),
        (["-c", "a.conf", "-c", "/b.conf"], "/b.conf"),
        (["-p", "n", "-c", "a.conf"], "n/a.conf"),
        (["-p", "", "-c", ""], ""),
        (["-c", ""], "/usr/share/nginx/"),
    ],
)
def test_configuration_file(line: list[str], conf_path: str) -> None:
    assert parse(line).conf_path == conf_path


@pytest.mark.parametrize(
    ("line", "error_log"), [([], None), (["-e", "stderr"], None), (["-e", ""], None), (["-elogs/e"], "logs/e")]
)
def test_error_log(line: list[str], error_log: str | None) -> None:
    assert parse(line).error_log == error_log


def test_version_and_help() -> None:
    assert parse(["-v"]).show_version
    assert parse(["-?"]).show_help and parse(["-h"]).show_version
    assert parse(["-V"]).show_configure
    assert parse(["-T"]).test and parse(["-T"]).dump


def test_channels_are_an_option_of_more_than_one_letter() -> None:
    options = parse(["-t", "--channels", "redis://a", "-q", "--channels=chat=redis://b"])
    assert options.channels == ("redis://a", "chat=redis://b")
    assert options.test and options.quiet
