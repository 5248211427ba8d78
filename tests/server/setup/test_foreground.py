"""ngxpush.server.setup.foreground: ports and addresses a machine does not have are replaced, and reported."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.configuration import ListenAddress
from ngxpush.server.clients.listeners import address_name
from ngxpush.server.setup.foreground import CannotListen, Ports, bind_all
from ngxpush.server.setup.real_system import RealSystem

_CHOOSE = "--listen 80=PORT or --port-offset N choose another one"


def _binder(refuses: Callable[[ListenAddress], int]) -> Callable[[ListenAddress], socket.socket]:
    """bind() of a machine that refuses addresses with an errno; 0 is none. The sockets are bound elsewhere."""

    def bind(listen: ListenAddress) -> socket.socket:
        number = refuses(listen)
        if number:
            raise OSError(number, os.strerror(number))
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        return bound

    return bind


def _bind(
    directory: Path, listen: str, ports: Ports, refuses: Callable[[ListenAddress], int], more: str = ""
) -> tuple[list[str], list[str], list[str]]:
    """The addresses listened on, those served, and what was reported. more: further servers."""
    conf = directory / "nginx.conf"
    listens = "".join(f"listen {address};" for address in listen.split())
    conf.write_text(f"events {{}} http {{ server {{ {listens} }} {more} }}")
    configuration = compile_configuration(analyze(str(conf), str(directory), system=RealSystem()))
    reported: list[str] = []
    assert configuration.http is not None
    sockets, addresses = bind_all(configuration.http.addresses, ports, reported.append, _binder(refuses))
    for listening, _ in sockets:
        listening.close()
    served = [address_name(address.listen) for address in addresses]
    return [address_name(ports.bound(listening.address)) for listening, _ in sockets], served, reported


def _low(listen: ListenAddress) -> int:
    return errno.EACCES if listen.path is None and 0 < listen.port < 1024 else 0


def _no_ipv6(listen: ListenAddress) -> int:
    return errno.EAFNOSUPPORT if listen.ipv6 else 0


def _local_only(listen: ListenAddress) -> int:
    return 0 if listen.host in (b"", b"0.0.0.0") or listen.host.startswith(b"127.") else errno.EADDRNOTAVAIL


def _one_loopback(listen: ListenAddress) -> int:
    """macOS."""
    return 0 if listen.host == b"127.0.0.1" else errno.EADDRNOTAVAIL


@pytest.mark.parametrize(
    ("listen", "ports", "refuses", "listening", "reported"),
    [
        ("8080", Ports(), _low, ["0.0.0.0:8080"], []),
        ("80 8081", Ports({80: 9000}, 100), _low, ["0.0.0.0:9000", "0.0.0.0:8181"], []),
        ("80", Ports(), _low, ["0.0.0.0:8080"],
         [f"can't listen on 0.0.0.0:80 here: listening on 0.0.0.0:8080 instead; {_CHOOSE}"]),
        ("80 [::]:80", Ports(), _no_ipv6, ["0.0.0.0:80"], ["can't listen on [::]:80 (Address family not supported by protocol): "
                                                          "the address is left out"]),
        ("10.0.0.7:8080", Ports(), _local_only, ["127.0.0.1:8080"],
         ["can't listen on 10.0.0.7:8080 here: listening on 127.0.0.1:8080 instead"]),
        ("10.0.0.7:8080 127.0.0.1:8080 10.0.0.8:8080", Ports(), _local_only,
         ["127.0.0.2:8080", "127.0.0.1:8080", "127.0.0.3:8080"],
         ["can't listen on 10.0.0.7:8080 here: listening on 127.0.0.2:8080 instead",
          "can't listen on 10.0.0.8:8080 here: listening on 127.0.0.3:8080 instead"]),
        ("80 10.0.0.7:81", Ports(host="::1"), _low, ["[::1]:8080", "10.0.0.7:8081"],
         [f"can't listen on 10.0.0.7:81 here: listening on 10.0.0.7:8081 instead; {_CHOOSE.replace('80', '81')}",
          f"can't listen on [::1]:80 here: listening on [::1]:8080 instead; {_CHOOSE}"]),
        ("8080 [::]:8080 127.0.0.2:8080", Ports(host="127.0.0.1"), _no_ipv6, ["127.0.0.1:8080"], []),
        ("8080 [::]:8081 [::1]:8082", Ports(host="::1"), _low, ["[::1]:8080", "[::1]:8081", "[::1]:8082"], []),
    ],
)  # fmt: skip
def test_what_is_listened_on(
    tmp_path: Path,
    listen: str,
    ports: Ports,
    refuses: Callable[[ListenAddress], int],
    listening: list[str],
    reported: list[str],
) -> None:
    assert _bind(tmp_path, listen, ports, refuses)[::2] == (listening, reported)


@pytest.mark.parametrize(
    ("host", "listening", "reported"),
    [
        ("::1", ["[::1]:8080"], []),  # as [::]:8080, which has all servers
        ("127.0.0.1", ["127.0.0.1:8080"], ["[::]:8080 is left out: 127.0.0.1:8080 is bound already, for other servers"]),
    ],
)
def test_a_host_takes_the_servers_of_its_kind(tmp_path: Path, host: str, listening: list[str], reported: list[str]) -> None:
    more = "server { listen [::]:8080; server_name six; }"
    assert _bind(tmp_path, "8080 [::]:8080", Ports(host=host), _low, more)[::2] == (listening, reported)


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_a_host_of_another_machine_is_an_error(tmp_path: Path, number: int) -> None:
    with pytest.raises(CannotListen, match=r"can't listen on 10.0.0.7:8080 \(.*\): --host takes an address of this machine"):
        _bind(tmp_path, "8080 [::]:8080", Ports(host="10.0.0.7"), lambda listen: number)


def test_any_free_port_for_one(tmp_path: Path) -> None:
    ports = Ports({80: 0})
    listening, served, reported = _bind(tmp_path, "80 127.0.0.1:80 127.0.0.2:81", ports, lambda listen: 0)
    assert listening == [f"0.0.0.0:{ports.moved[80]}", "127.0.0.2:81"]
    assert (served[1], reported) == (f"127.0.0.1:{ports.moved[80]}", [])


def test_a_machine_with_one_loopback_address(tmp_path: Path) -> None:
    listening, _, _ = _bind(tmp_path, "10.0.0.7:8080 10.0.0.8:8080", Ports(), _one_loopback)
    assert listening[0] == "127.0.0.1:8080"
    assert listening[1].startswith("127.0.0.1:") and listening[1] != listening[0]


def test_addresses_that_share_a_socket_move_together(tmp_path: Path) -> None:
    listening, served, _ = _bind(tmp_path, "80 127.0.0.1:80", Ports(), _low)
    assert listening == ["0.0.0.0:8080"]
    assert served == ["0.0.0.0:8080", "127.0.0.1:8080"]


def test_a_free_port_where_the_usual_one_is_taken(tmp_path: Path) -> None:
    listening, _, _ = _bind(tmp_path, "80", Ports(), lambda listen: errno.EADDRINUSE if listen.port == 8080 else _low(listen))
    assert listening[0].startswith("0.0.0.0:")
    assert int(listening[0].rsplit(":", 1)[1]) > 1024


def test_ports_that_need_not_move_come_first(tmp_path: Path) -> None:
    """`listen 80` moves to 8080, but not where the configuration has 8080 itself."""
    bound: set[int] = set()

    def refuses(listen: ListenAddress) -> int:
        number = _low(listen) or (errno.EADDRINUSE if listen.port in bound else 0)
        if not number:
            bound.add(listen.port)
        return number

    first, second = _bind(tmp_path, "80 8080", Ports(), refuses)[0]
    assert second == "0.0.0.0:8080" and first not in ("0.0.0.0:80", "0.0.0.0:8080")


@pytest.mark.parametrize("ports", [Ports(), Ports({80: 8080}), Ports(offset=8000)])
def test_a_port_in_use_is_an_error(tmp_path: Path, ports: Ports) -> None:
    with pytest.raises(CannotListen, match=r"can't listen on .* \(Address already in use\): --listen 80=PORT"):
        _bind(tmp_path, "80", ports, lambda listen: errno.EADDRINUSE)


def test_a_unix_socket_goes_to_the_temporary_directory(tmp_path: Path) -> None:
    def only_tmp(listen: ListenAddress) -> int:
        return errno.EACCES if listen.path == b"/run/a.sock" else 0

    listening, _, reported = _bind(tmp_path, "unix:/run/a.sock", Ports(), only_tmp)
    assert listening[0].endswith("-a.sock")
    assert reported == [f"can't listen on unix:/run/a.sock here: listening on {listening[0]} instead"]
    with pytest.raises(CannotListen):
        _bind(tmp_path, "unix:/run/a.sock", Ports(), lambda listen: errno.EACCES)


def test_without_a_temporary_directory_it_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", Mock(side_effect=FileNotFoundError("none")))
    with pytest.raises(CannotListen, match=r"^can't listen on unix:/run/a\.sock"):
        _bind(tmp_path, "unix:/run/a.sock", Ports(), lambda listen: errno.EROFS)


def test_free_ports(tmp_path: Path) -> None:
    """Each port has one of its own, and nothing is said of it; addresses of one port stay together as far as they can."""
    refuses = iter([0, 0, errno.EADDRINUSE, 0])
    ports = Ports(free=str(tmp_path))
    wanted = "127.0.0.1:80 443 127.0.0.2:80 unix:/run/a.sock"
    listening, served, reported = _bind(tmp_path, wanted, ports, lambda listen: 0 if listen.path else next(refuses))
    first, second = ports.moved[80], ports.moved[443]
    assert min(first, second) > 1024 and first != second
    assert listening[:2] == [f"127.0.0.1:{first}", f"0.0.0.0:{second}"]
    assert listening[2].startswith("127.0.0.2:") and listening[2] != f"127.0.0.2:{first}"
    assert listening[3:] == [f"unix:{tmp_path}/run_a.sock"]
    assert (served, reported) == (listening, [])


def test_no_free_port_is_reached_from_other_machines(tmp_path: Path) -> None:
    """Not even where the address is one of this machine's."""
    listening, _, reported = _bind(
        tmp_path, "127.0.0.1:80 10.0.0.7:80 [fd00::7]:80 [::1]:80", Ports(free=str(tmp_path)), lambda _: 0
    )
    assert [name.rpartition(":")[0] for name in listening] == ["127.0.0.1", "127.0.0.2", "127.0.0.3", "[::1]"]
    assert reported == []
