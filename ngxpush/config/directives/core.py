"""nginx's core: the main block, and `include`, which may stand anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..logs import ErrorLog, ErrorLogSlot
from ..slots import Enum, Flag, String, Strings, milliseconds, number, offset
from ..text import shown
from ..values import parse_number
from ..words import Refused, Words
from .table import (
    ANYWHERE,
    FLAG,
    Arguments,
    Block,
    Context,
    Directive,
    Level,
    Module,
    Slot,
    accepted,
    unsupported,
)


@dataclass(frozen=True, slots=True)
class CpuMasks:
    """The processors of the workers. masks: zeros and ones, the last digit for processor 0.

    auto: one processor for each worker, of those the mask allows where there is one.
    """

    masks: tuple[bytes, ...]
    auto: bool = False

    def of_worker(self, number: int, available: Sequence[int]) -> tuple[int, ...]:
        """The processors of worker `number` (0, 1, …); workers beyond the last mask share it. available: all there are."""
        if not self.auto:
            return _processors(self.masks[min(number, len(self.masks) - 1)])
        allowed = [one for one in available if not self.masks or one in _processors(self.masks[0])]
        return (allowed[number % len(allowed)],) if allowed else ()


def _processors(mask: bytes) -> tuple[int, ...]:
    return tuple([number for number, digit in enumerate(reversed(mask)) if digit == ord("1")])


@dataclass(frozen=True, slots=True)
class CoreMain:
    """The main block. worker_processes: None for `auto`.  Times in milliseconds, sizes in bytes."""

    daemon: bool = True
    master_process: bool = True
    worker_processes: int | None = 1
    pid: bytes = b"/run/nginx.pid"
    user: tuple[bytes, ...] = ()
    error_log: tuple[ErrorLog, ...] = ()
    worker_shutdown_timeout: int | None = None
    env: tuple[bytes, ...] = ()
    worker_priority: int | None = None
    worker_cpu_affinity: CpuMasks | None = None
    worker_rlimit_nofile: int | None = None
    worker_rlimit_core: int | None = None
    working_directory: bytes | None = None


class WorkerProcesses:
    """A number above zero, or `auto` (None)."""

    description = "number or auto"

    def parse(self, words: Words) -> int | None:
        if words.arguments[0] == b"auto":
            return None
        value = parse_number(words.arguments[0])
        if not value:
            raise words.invalid_value()
        return value


class PidFile:
    """The file for the master's process id."""

    description = "path"

    def parse(self, words: Words) -> bytes:
        path = words.path(words.arguments[0])
        words.cycle.pid = path
        return path


class WorkerPriority:
    """A number that may be negative."""

    description = "number"

    def parse(self, words: Words) -> int:
        text = words.arguments[0]
        value = parse_number(text[1:] if text[:1] in (b"-", b"+") else text)
        if value is None:
            raise Refused(f'"{words.name}" directive invalid number')
        return -value if text.startswith(b"-") else value


class CpuAffinity:
    """Masks of zeros and ones, perhaps behind `auto`."""

    description = "cpu masks"

    def parse(self, words: Words) -> CpuMasks:
        auto = words.arguments[0] == b"auto"
        masks = words.arguments[1:] if auto else words.arguments
        if auto and len(masks) > 1:
            raise Refused(f'invalid number of arguments in "{words.name}" directive')
        for mask in masks:
            if len(mask) > 1024:
                raise Refused('"worker_cpu_affinity" supports up to 1024 CPUs only')
            wrong = mask.rstrip(b"01")[-1:]  # nginx reads them from their end
            if wrong:
                raise Refused(f'invalid character "{shown(wrong)}" in "worker_cpu_affinity"')
        return CpuMasks(tuple(masks), auto)


class ThreadPool:
    """`name threads=N [max_queue=N]`: the name."""

    description = "name and sizes"

    def parse(self, words: Words) -> bytes:
        name, *parameters = words.arguments
        threads = None
        for parameter in parameters:
            key, _, value = parameter.partition(b"=")
            if key not in (b"threads", b"max_queue") or b"=" not in parameter:
                continue
            size = parse_number(value)
            if size is None or (key == b"threads" and size == 0):
                raise Refused(f'invalid {shown(key)} value "{shown(parameter)}"')
            if key == b"threads":
                threads = size
        if any(setting.value == name for setting in words.scope.all(words.name)):
            raise Refused(f'duplicate thread pool "{shown(name)}"')
        if threads is None:
            raise Refused('"thread_pool" must have "threads" parameter')
        return name


class LoadModule:
    """A dynamic module: its file. The modules of Debian's nginx come to life by it; others are taken for known."""

    description = "path"

    def parse(self, words: Words) -> bytes:
        if words.scope.own("events") is not None or words.scope.own("http") is not None:
            raise Refused('"load_module" directive is specified too late')
        words.analyzer.load_module(words.arguments[0])
        return words.path(words.arguments[0])


_THREADS = accepted("Files are read without threads.")
_AS_STARTED = "it stays what it was when ngxpush was started"


def _row(name: str, slot: Slot, summary: str, arguments: Arguments = Arguments(), **more: object) -> Directive:
    return Directive(name, "core", Context.MAIN, slot, arguments, Level.MAIN, summary=summary, **more)  # type: ignore[arg-type]


_DIRECTIVES = (
    Directive(
        "include",
        "core",
        ANYWHERE,
        String(),
        once=False,
        block=Block.FILES,
        summary="Puts the content of files, named by a path or a pattern, in its place.",
    ),
    _row("daemon", Flag(), "Whether nginx goes into the background.", FLAG, field="daemon", default=True),
    _row("master_process", Flag(), "Whether workers are processes of their own.", FLAG, field="master_process", default=True),
    _row(
        "worker_processes",
        WorkerProcesses(),
        "How many workers serve.",
        field="worker_processes",
        default=1,
        foreground="one process serves",
    ),
    _row("pid", PidFile(), "The file for the process id of the master.", field="pid", default=CoreMain().pid),
    _row(
        "user",
        Strings(),
        "The user and group of the workers.",
        Arguments(1, 2),
        field="user",
        default=(),
        foreground="it serves as the user who starts it",
    ),
    _row("error_log", ErrorLogSlot(), "Where errors are written.", Arguments(1, None), field="error_log", default=(), once=False),
    _row("worker_shutdown_timeout", milliseconds(), "How long a worker may take to end.", field="worker_shutdown_timeout"),
    _row(
        "env",
        String(),
        "An environment variable the workers keep.",
        field="env",
        default=(),
        once=False,
        foreground="all are kept",
    ),
    _row("lock_file", String(), "The file for locks.", emulation=accepted("Workers accept without a lock.")),
    _row("timer_resolution", milliseconds(), "How exact the clock is.", emulation=accepted("The clock is always exact.")),
    _row(
        "debug_points",
        Enum({b"stop": "stop", b"abort": "abort"}),
        "What an error inside nginx does.",
        emulation=accepted("It is about errors in nginx's own code."),
    ),
    _row("worker_priority", WorkerPriority(), "The workers' niceness.", field="worker_priority", foreground=_AS_STARTED),
    _row(
        "worker_cpu_affinity",
        CpuAffinity(),
        "The workers' processors.",
        Arguments(1, None),
        field="worker_cpu_affinity",
        foreground=_AS_STARTED,
    ),
    _row(
        "worker_rlimit_nofile",
        number(),
        "The most open files of a worker.",
        field="worker_rlimit_nofile",
        foreground=_AS_STARTED,
    ),
    _row(
        "worker_rlimit_core", offset(), "The largest core file of a worker.", field="worker_rlimit_core", foreground=_AS_STARTED
    ),
    _row("working_directory", String(), "The workers' folder.", field="working_directory", foreground=_AS_STARTED),
    _row("load_module", LoadModule(), "Loads a dynamic module.", once=False, emulation=accepted("The modules are built in.")),
    _row("pcre_jit", Flag(), "Whether regular expressions are compiled to machine code.", FLAG, emulation=accepted("They are.")),
    _row("ssl_engine", String(), "The OpenSSL engine.", emulation=unsupported("Engines of OpenSSL are not used.")),
    _row("thread_pool", ThreadPool(), "Threads for reading files.", Arguments(2, 3), once=False, emulation=_THREADS),
)

MODULES = (Module("core", _DIRECTIVES, main=CoreMain),)
