from __future__ import annotations

import os
import pwd
import resource
from collections.abc import Callable
from typing import Any

import pytest

from ngxpush.config.directives.core.main import CoreMain, CpuMasks
from ngxpush.server.processes import process
from ngxpush.server.processes.process import CannotServe, become_worker, owner_of_logs, unknown_user

_ME = pwd.getpwuid(os.getuid()).pw_name


class System:
    """Notes the system calls; those in `failing` fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.failing: set[str] = set()
        self.environment: dict[bytes, bytes] = {b"TZ": b"UTC", b"HOME": b"/root", b"KEPT": b"yes"}
        for name in ("setpriority", "sched_setaffinity", "chdir", "setegid", "seteuid", "setgid", "initgroups", "setuid"):
            monkeypatch.setattr(os, name, self._call(name))
        monkeypatch.setattr(resource, "setrlimit", self._call("setrlimit"))
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3})
        monkeypatch.setattr(os, "environb", self.environment)
        monkeypatch.setattr(process.time, "tzset", lambda: None)

    def _call(self, name: str) -> Callable[..., None]:
        def call(*arguments: Any) -> None:
            if name in self.failing:
                raise PermissionError(1, "Operation not permitted")
            self.calls.append((name, *arguments))

        return call


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


def _become(core: CoreMain, number: int = 0) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    become_worker(core, number, lambda level, text: said.append((level, text)))
    return said


def test_a_main_block_that_asks_nothing_changes_nothing(system: System) -> None:
    assert _become(CoreMain()) == []
    assert system.calls == []


@pytest.mark.parametrize(
    ("core", "call", "failure"),
    [
        ({"worker_priority": -5}, ("setpriority", os.PRIO_PROCESS, 0, -5), "setpriority(-5)"),
        ({"worker_rlimit_nofile": 9}, ("setrlimit", resource.RLIMIT_NOFILE, (9, 9)), "setrlimit(RLIMIT_NOFILE, 9)"),
        ({"worker_rlimit_core": 0}, ("setrlimit", resource.RLIMIT_CORE, (0, 0)), "setrlimit(RLIMIT_CORE, 0)"),
        ({"worker_cpu_affinity": CpuMasks((b"10",))}, ("sched_setaffinity", 0, (1,)), "sched_setaffinity()"),
    ],
)
def test_limits_are_set_and_a_failure_is_only_reported(
    system: System, core: dict[str, Any], call: tuple[Any, ...], failure: str
) -> None:
    assert _become(CoreMain(**core)) == []
    assert system.calls == [call]
    system.failing.add(call[0])
    assert _become(CoreMain(**core)) == [("alert", f"{failure} failed (1: Operation not permitted)")]


def test_a_worker_without_its_directory_does_not_serve(system: System) -> None:
    core = CoreMain(working_directory=b"/srv")
    _become(core)
    assert system.calls == [("chdir", b"/srv")]
    system.failing.add("chdir")
    with pytest.raises(CannotServe):
        _become(core)


def test_the_environment_is_what_env_names(system: System) -> None:
    _become(CoreMain(env=(b"KEPT", b"SET=a=b", b"MISSING")))
    assert system.environment == {b"TZ": b"UTC", b"KEPT": b"yes", b"SET": b"a=b"}
    _become(CoreMain(env=(b"TZ=Asia/Tokyo",)))
    assert system.environment == {b"TZ": b"Asia/Tokyo"}


@pytest.mark.parametrize(
    ("masks", "number", "processors"),
    [
        (CpuMasks((b"0001", b"1010")), 0, (0,)),
        (CpuMasks((b"0001", b"1010")), 1, (1, 3)),
        (CpuMasks((b"0001", b"1010")), 5, (1, 3)),
        (CpuMasks((), auto=True), 5, (1,)),
        (CpuMasks((b"1100",), auto=True), 1, (3,)),
    ],
)
def test_processors_of_each_worker(masks: CpuMasks, number: int, processors: tuple[int, ...]) -> None:
    assert masks.of_worker(number, (0, 1, 2, 3)) == processors


@pytest.mark.parametrize(("readable", "becomes"), [(True, True), (False, False)])
def test_root_becomes_the_user_who_can_read_the_program(
    system: System, monkeypatch: pytest.MonkeyPatch, readable: bool, becomes: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "access", lambda *arguments, **more: readable)
    said = _become(CoreMain(user=(b"root",)))
    assert (("setuid", 0) in system.calls) is becomes
    assert [level for level, _ in said] == ([] if becomes else ["warn"])


def test_others_stay_who_they_are(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _become(CoreMain(user=(b"nobody-here",))) == []
    assert system.calls == []
    assert owner_of_logs((b"nobody-here",)) is None


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (("no-such-user",), 'getpwnam("no-such-user") failed'),
        ((_ME, "no-such-group"), 'getgrnam("no-such-group") failed'),
        (("root", "root"), None),
    ],
)
def test_users_this_machine_does_not_know(user: tuple[str, ...], words: str | None) -> None:
    assert unknown_user(tuple(name.encode() for name in user)) == words
