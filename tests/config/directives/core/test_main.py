"""The directives of core, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("main", "worker_priority 4294967295;", ['[emerg] "worker_priority" directive invalid number']),
    ("main", 'pid "";', []),
    ("main", "worker_processes x;", ['[emerg] "worker_processes" directive invalid value']),
    ("main", "worker_processes auto;", []),
    ("main", "worker_processes 0;", []),
    ("main", "worker_priority x;", ['[emerg] "worker_priority" directive invalid number']),
    ("main", "worker_priority -5;", []),
    ("main", "worker_cpu_affinity 01a;", ['[emerg] invalid character "a" in "worker_cpu_affinity"']),
    ("main", "worker_cpu_affinity auto 01 10;", ['[emerg] invalid number of arguments in "worker_cpu_affinity" directive']),
    ("main", "thread_pool a threads=0;", ['[emerg] invalid threads value "threads=0"']),
    ("main", "thread_pool a threads=x;", ['[emerg] invalid threads value "threads=x"']),
    ("main", "thread_pool a threads=1 max_queue=x;", ['[emerg] invalid max_queue value "max_queue=x"']),
    ("main", "thread_pool a x=1;", ['[emerg] "thread_pool" must have "threads" parameter']),
    ("main", "thread_pool a threads=1; thread_pool a threads=2;", ['[emerg] duplicate thread pool "a"']),
    ("main", "env A=b;", []),
    (
        "main",
        "load_module missing.so;",
        [
            '[emerg] dlopen() "/etc/nginx/missing.so" failed (/etc/nginx/missing.so: cannot open shared object file: No such file or directory)'
        ],
    ),
    ("main", "worker_rlimit_nofile x;", ['[emerg] "worker_rlimit_nofile" directive invalid number']),
    ("main", "pcre_jit maybe;", ['[emerg] invalid value "maybe" in "pcre_jit" directive, it must be "on" or "off"']),
    ("main", "daemon maybe;", ['[emerg] invalid value "maybe" in "daemon" directive, it must be "on" or "off"']),
    ("main", "debug_points now;", ['[emerg] invalid value "now"']),
    ("main", "debug_points stop;", []),
    ("main", "worker_shutdown_timeout x;", ['[emerg] "worker_shutdown_timeout" directive invalid value']),
    ("main", "timer_resolution 100ms;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_numbers() -> None:
    assert setting("main", "worker_processes auto;") is None
    assert setting("main", "worker_processes 4;") == 4
    assert setting("main", "worker_priority -5;") == -5
    assert setting("main", "worker_priority +5;") == 5


@pytest.mark.parametrize(
    ("masks", "worker", "processors"),
    [
        ("01 10", 0, (0,)),
        ("01 10", 1, (1,)),
        ("01 1110", 7, (1, 2, 3)),
        ("auto", 3, (1,)),
        ("auto 10", 0, (1,)),
        ("auto 10", 1, (1,)),
        ("auto 100", 0, ()),
    ],
)
def test_processors_of_a_worker(masks: str, worker: int, processors: tuple[int, ...]) -> None:
    assert setting("main", f"worker_cpu_affinity {masks};").of_worker(worker, (0, 1)) == processors


def test_a_module_cannot_be_loaded_late() -> None:
    late = '[emerg] "load_module" directive is specified too late'
    assert said("stream", "} load_module modules/x.so; http { access_log off;") == [late]


def test_a_mask_has_at_most_1024_processors() -> None:
    assert setting("main", f"worker_cpu_affinity {'0' * 1024};").masks == (b"0" * 1024,)
    too_long = '[emerg] "worker_cpu_affinity" supports up to 1024 CPUs only'
    assert said("main", f"worker_cpu_affinity {'0' * 1025};") == [too_long]


def test_a_priority_is_32_bits() -> None:
    assert setting("main", "worker_priority 99999999999;") == 99999999999 - (23 << 32)


def test_an_empty_pid_is_the_default() -> None:
    assert setting("main", 'pid "";') == b"/run/nginx.pid"
