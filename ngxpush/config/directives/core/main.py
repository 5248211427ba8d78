"""nginx's core: the main block, and `include`, which may stand anywhere."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from msgspec import Struct

from ...columns import ANY, Arguments, Block, accepted, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...logs import ErrorLogSetting, ErrorLogSlot
from ...module import Module
from ...places import ANYWHERE, Context
from ...slots import Enum, Flag, String, milliseconds, number, offset
from ...text import shown
from ...values import parse_number


class CpuMasks(Struct, frozen=True):
    """The processors of the workers. masks: zeros and ones, the last digit for processor 0.

    auto: one processor for each worker, chosen from those the mask allows, if there is a mask.
    """

    masks: tuple[bytes, ...]
    auto: bool = False

    def of_worker(self, number: int, available: Sequence[int]) -> tuple[int, ...]:
        """The processors of worker `number` (0, 1, …). Workers beyond the last mask share it.  available: all processors."""
        if not self.auto:
            return _processors(self.masks[min(number, len(self.masks) - 1)])
        allowed = [one for one in available if not self.masks or one in _processors(self.masks[0])]
        return (allowed[number % len(allowed)],) if allowed else ()


def _processors(mask: bytes) -> tuple[int, ...]:
    return tuple([number for number, digit in enumerate(reversed(mask)) if digit == ord("1")])


class CoreMain(Struct, frozen=True):
    """The main block. worker_processes: None for `auto`.  Times in milliseconds, sizes in bytes."""

    daemon: bool = True
    master_process: bool = True
    worker_processes: int | None = 1
    pid: bytes = b"/run/nginx.pid"
    user: tuple[bytes, ...] = ()
    error_log: tuple[ErrorLogSetting, ...] = ()
    worker_shutdown_timeout: int | None = None
    env: tuple[bytes, ...] = ()
    worker_priority: int | None = None
    worker_cpu_affinity: CpuMasks | None = None
    worker_rlimit_nofile: int | None = None
    worker_rlimit_core: int | None = None
    working_directory: bytes | None = None


class WorkerProcesses:
    """A number, or `auto` (None). 0: nginx starts no worker, and no one serves."""

    description = "number or auto"

    def parse(self, use: DirectiveUse) -> int | None:
        if use.arguments[0] == b"auto":
            return None
        value = parse_number(use.arguments[0])
        if value is None:
            raise use.invalid_value()
        return value


class PidSlot:
    """The file for the master's process id; an empty name is the default's."""

    description = "path"

    def parse(self, use: DirectiveUse) -> bytes:
        if not use.arguments[0]:
            return CoreMain().pid
        path = use.path(use.arguments[0])
        use.cycle.pid = path
        return path


class UserSlot:
    """The user, and perhaps the group, of workers. Only root can change them; for anyone else nginx looks at neither."""

    description = "names"

    def parse(self, use: DirectiveUse) -> tuple[bytes, ...]:
        wrong = use.cycle.system.wrong_user(use.arguments)
        if wrong is not None:
            level, message = wrong
            use.report(level, message, fatal=level == "emerg")
        return use.arguments


_ALL_BITS = (1 << 32) - 1
_SIGN = 1 << 31


class WorkerPriority:
    """A number that may be negative. nginx keeps 32 bits of it, and takes 32 ones for its own mark of a wrong number."""

    description = "number"

    def parse(self, use: DirectiveUse) -> int:
        text = use.arguments[0]
        value = parse_number(text[1:] if text[:1] in (b"-", b"+") else text)
        if value is None or value & _ALL_BITS == _ALL_BITS:
            raise RefusedDirective(f'"{use.name}" directive invalid number')
        kept = (value + _SIGN & _ALL_BITS) - _SIGN
        return -kept if text.startswith(b"-") else kept


class CpuAffinity:
    """Masks of zeros and ones, perhaps after `auto`."""

    description = "CPU masks"

    def parse(self, use: DirectiveUse) -> CpuMasks:
        auto = use.arguments[0] == b"auto"
        masks = use.arguments[1:] if auto else use.arguments
        if auto and len(masks) > 1:
            raise RefusedDirective(f'invalid number of arguments in "{use.name}" directive')
        for mask in masks:
            if len(mask) > 1024:
                raise RefusedDirective('"worker_cpu_affinity" supports up to 1024 CPUs only')
            wrong = mask.rstrip(b"01")[-1:]  # nginx reads a mask from its end
            if wrong:
                raise RefusedDirective(f'invalid character "{shown(wrong)}" in "worker_cpu_affinity"')
        return CpuMasks(tuple(masks), auto)


class ThreadPoolSlot:
    """`name threads=N [max_queue=N]`: the name."""

    description = "name and sizes"

    def parse(self, use: DirectiveUse) -> bytes:
        name, *parameters = use.arguments
        threads = None
        for parameter in parameters:
            key, _, value = parameter.partition(b"=")
            if key not in (b"threads", b"max_queue") or b"=" not in parameter:
                continue
            size = parse_number(value)
            if size is None or (key == b"threads" and size == 0):
                raise RefusedDirective(f'invalid {shown(key)} value "{shown(parameter)}"')
            if key == b"threads":
                threads = size
        if any(setting.value == name for setting in use.scope.all(use.name)):
            raise RefusedDirective(f'duplicate thread pool "{shown(name)}"')
        if threads is None:
            raise RefusedDirective('"thread_pool" must have "threads" parameter')
        return name


class LoadModuleSlot:
    """The file of a dynamic module. The code in it is not loaded."""

    description = "path"

    def parse(self, use: DirectiveUse) -> bytes:
        if use.scope.own("events") is not None or use.scope.own("http") is not None:
            raise RefusedDirective('"load_module" directive is specified too late')
        path = use.path(use.arguments[0])
        wrong = use.cycle.system.unloadable(shown(path))
        if wrong:
            raise RefusedDirective(f'dlopen() "{shown(path)}" failed ({shown(path)}: {wrong})')
        use.cycle.loaded.add(posixpath.basename(shown(path)))
        return path


_THREADS = accepted("Files are read without threads.")
_AS_STARTED = "it stays what it was when ngxpush was started"


_DIRECTIVES = (
    Directive(
        "include",
        ANYWHERE,
        String(),
        "Puts the directives of other files, named by a path or a pattern, in its place.",
        once=False,
        block=Block.FILES,
    ),
    Directive("daemon", Context.MAIN, Flag(), "Whether nginx runs in the background."),
    Directive("master_process", Context.MAIN, Flag(), "Whether a master process starts workers."),
    Directive(
        "worker_processes",
        Context.MAIN,
        WorkerProcesses(),
        "The number of workers; `auto`: one for each processor.",
        foreground="one process serves",
    ),
    Directive("pid", Context.MAIN, PidSlot(), "The file that holds the process id of the master."),
    Directive(
        "user",
        Context.MAIN,
        UserSlot(),
        "The user and the group that workers run as.",
        Arguments(1, 2),
        foreground="it serves as the user who starts it",
    ),
    Directive(
        "error_log",
        Context.MAIN,
        ErrorLogSlot(),
        "The log for errors, and the least severe level that is written.",
        ANY,
        once=False,
    ),
    Directive(
        "worker_shutdown_timeout", Context.MAIN, milliseconds(), "How long a worker that shuts down waits for its connections."
    ),
    Directive(
        "env",
        Context.MAIN,
        String(),
        "An environment variable that workers keep, or its new value.",
        once=False,
        foreground="all are kept",
    ),
    Directive(
        "lock_file",
        Context.MAIN,
        String(),
        "The file of the lock that workers hold while they accept connections.",
        emulation=accepted("Workers accept without a lock."),
    ),
    Directive(
        "timer_resolution",
        Context.MAIN,
        milliseconds(),
        "How often the clock is read.",
        emulation=accepted("The clock is always exact."),
    ),
    Directive(
        "debug_points",
        Context.MAIN,
        Enum({b"stop": "stop", b"abort": "abort"}),
        "What an internal error does: `stop` or `abort`.",
        emulation=accepted("It concerns errors in nginx's own code."),
    ),
    Directive("worker_priority", Context.MAIN, WorkerPriority(), "The scheduling priority of workers.", foreground=_AS_STARTED),
    Directive(
        "worker_cpu_affinity", Context.MAIN, CpuAffinity(), "The processors each worker runs on.", ANY, foreground=_AS_STARTED
    ),
    Directive("worker_rlimit_nofile", Context.MAIN, number(), "The most files a worker may have open.", foreground=_AS_STARTED),
    Directive("worker_rlimit_core", Context.MAIN, offset(), "The largest core file of a worker.", foreground=_AS_STARTED),
    Directive("working_directory", Context.MAIN, String(), "The current directory of workers.", foreground=_AS_STARTED),
    Directive(
        "load_module",
        Context.MAIN,
        LoadModuleSlot(),
        "Loads a dynamic module.",
        once=False,
        emulation=accepted("The modules are built in."),
    ),
    Directive(
        "pcre_jit",
        Context.MAIN,
        Flag(),
        "Whether regular expressions are compiled to machine code.",
        emulation=accepted("Regular expressions are always compiled to machine code."),
    ),
    Directive(
        "ssl_engine",
        Context.MAIN,
        String(),
        "The engine OpenSSL uses.",
        emulation=unsupported("Engines of OpenSSL are not used."),
    ),
    Directive(
        "thread_pool",
        Context.MAIN,
        ThreadPoolSlot(),
        "A pool of threads that read files.",
        Arguments(2, 3),
        once=False,
        emulation=_THREADS,
    ),
)

MODULE = Module("core", _DIRECTIVES, main=CoreMain)
