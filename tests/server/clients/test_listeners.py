from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from ngxpush.config.configuration import ListenAddress
from ngxpush.server.clients import listeners
from ngxpush.server.clients.listeners import CannotBind, ListeningSocket, address_name, bind, listen


class Log(list[tuple[str, str]]):
    def __call__(self, level: str, text: str) -> None:
        self.append((level, text))


def _address(port: int = 0, host: bytes = b"127.0.0.1", **options: object) -> ListenAddress:
    return ListenAddress(host=host, port=port, options=tuple(options.items()))


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners.time, "sleep", lambda seconds: None)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (ListenAddress(host=b"", port=80), "0.0.0.0:80"),
        (ListenAddress(host=b"127.0.0.1", port=80), "127.0.0.1:80"),
        (ListenAddress(host=b"::1", port=80, ipv6=True), "[::1]:80"),
        (ListenAddress(path=b"/run/a"), "unix:/run/a"),
    ],
)
def test_names(address: ListenAddress, name: str) -> None:
    assert address_name(address) == name


def test_an_inherited_socket_is_kept_for_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        kept, new = _address(taken.getsockname()[1]), _address(free.getsockname()[1])
        free.close()
        inherited = ListeningSocket(kept, taken)
        sockets = listen([new, kept], [inherited], Log())
        assert sockets[1] is inherited
        assert sockets[0].socket.getsockname()[1] == new.port
        sockets[0].close()


def test_an_address_in_use_is_tried_five_times() -> None:
    log = Log()
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        good, bad = _address(free.getsockname()[1]), _address(taken.getsockname()[1])
        free.close()
        with pytest.raises(CannotBind):
            listen([good, bad], [], log)
    failed = ("emerg", f"bind() to 127.0.0.1:{bad.port} failed (98: Address already in use)")
    again = ("notice", "try again to bind() after 500ms")
    assert log == [failed, again] * 5 + [("emerg", "still could not bind()")]
    socket.create_server(("127.0.0.1", good.port)).close()  # what was bound is not left open


def test_an_address_in_use_is_no_matter_for_a_test() -> None:
    log = Log()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert listen([_address(taken.getsockname()[1])], [], log, testing=True) == []
    assert log == []


@pytest.mark.parametrize("testing", [False, True])
def test_an_address_of_another_machine_is_refused_at_once(testing: bool) -> None:
    log = Log()
    with pytest.raises(CannotBind):
        listen([_address(8080, b"192.0.2.1")], [], log, testing)
    assert log == [("emerg", "bind() to 192.0.2.1:8080 failed (99: Cannot assign requested address)")]


def test_a_unix_socket_is_open_to_all_and_its_file_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    (listening,) = listen([ListenAddress(path=str(path).encode())], [], Log())
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    listening.close()
    assert path.exists()
    path.unlink()
    (listening,) = listen([ListenAddress(path=str(path).encode())], [], Log())
    listening.close(unlink=True)
    assert not path.exists()


def test_the_file_of_another_server_stays(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    (listening,) = listen([ListenAddress(path=str(path).encode())], [], Log())
    listening.close(unlink=True)
    (other,) = listen([ListenAddress(path=str(path).encode())], [], Log())
    listening.close(unlink=True)
    assert path.exists()
    other.close(unlink=True)


def test_parameters_of_listen_become_options() -> None:
    address = _address(0, rcvbuf=70000, reuseport=True, so_keepalive=(30, None, 5))
    (listening,) = listen([address], [], Log())
    made = listening.socket
    assert made.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= 70000
    assert made.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 1
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 5
    assert not made.getblocking()
    listening.close()


def test_a_port_out_of_range_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="ports go from 1 to 65535"):
        bind(_address(78080))
