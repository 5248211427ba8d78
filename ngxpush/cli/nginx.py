"""`ngxpush nginx`: nginx's own command line. `alias nginx="ngxpush nginx"` is all a script needs.

nginx parses its options in its own way (nginx_options).
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress

from msgspec.structs import replace

from .. import __version__
from ..config.analysis import Analysis
from ..config.directives.core.main import CoreMain
from ..config.logs import LEVELS
from ..config.modules import MODULES
from ..config.nginx_version import NGINX_VERSION
from ..server.logs.log_files import STDERR, ErrorLog, LogFiles, format_line, open_failed, report_briefly
from ..server.processes.daemon import InvalidPid, PidFile, Starter, daemonize, read_pid
from ..server.setup.reading import Failed, Source, read
from .channels import BadChannels, channels_places
from .nginx_options import HELP, PID_PATH, SIGNALS, InvalidOption, Options, parse

# `-t` and `-s` have to be quick: modules that they do not need are imported where they are used.

VERSION = f"nginx version: nginx/{NGINX_VERSION}"


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; returns the exit code."""
    try:
        options = parse(arguments)
    except InvalidOption as error:
        _print(f"nginx: {error}")
        return 1
    if options.show_version:
        _show_version(options)
        if not options.test:
            return 0
    return _Command(options).run()


def _print(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _show_version(options: Options) -> None:
    _print(VERSION)
    if options.show_help:
        sys.stderr.write(HELP)
    if options.show_configure:
        _print(f"emulated by ngxpush {__version__} (Python {sys.version.split()[0]}), no nginx code is built in")
        _print("emulates: nginx 1.22.1 with the push stream module 0.6.0; see docs/reference/differences.md for what it does not")
        options_of_modules = [module.configure_option for module in MODULES if module.configure_option is not None]
        _print(" ".join(("configure arguments:", *options_of_modules, "--add-module=nginx-push-stream-module")))


class _Command:
    """One invocation, after its options are read."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._quiet = options.quiet
        self._level = LEVELS.index("info" if options.test else "notice")
        self._files = LogFiles()
        self._log: ErrorLog | None = None
        path = None if options.error_log is None else options.path(options.error_log)
        if path is not None:
            try:
                self._log = ErrorLog([(self._files.open(path), "info" if options.test else "notice")])
            except OSError as error:
                _print(f"nginx: [alert] could not open error log file: {open_failed(path, error)}")
        self._source = Source(options.conf_path, options.prefix, options.directives, path)

    def run(self) -> int:
        options = self._options
        if options.signal is None:
            try:
                self._source = replace(self._source, channels=channels_places(options.channels))
            except BadChannels as error:
                self._say("emerg", str(error))
                return self._failed_test() if options.test else 1
        if options.test:
            return self._test()
        try:
            analysis = read(self._source, self._say)
        except Failed:
            return 1
        if options.signal is not None:
            return self._signal(analysis, options.signal)
        return self._start(analysis)

    def _say(self, level: str, text: str) -> None:
        """Write a message before there is a server: to the file of -e and, briefly, to standard error, or only to the latter."""
        if self._log is not None:
            self._log.log(level, text)
            report_briefly(level, text)
        elif LEVELS.index(level) <= self._level:
            os.write(STDERR, format_line(level, text))

    # -t

    def _test(self) -> int:
        path = self._options.conf_path
        try:
            analysis = read(self._source, self._say)
            if self._options.signal is not None:  # with -s nginx opens nothing
                self._say_that_syntax_is_ok()
            else:
                from ..server.setup.startup import set_up

                accepted = self._say_that_syntax_is_ok
                setup = set_up(self._source, analysis, self._say, testing=True, accepted=lambda configuration: accepted())
                for listening, _ in setup.sockets:
                    listening.close(unlink=True)
        except Failed:
            return self._failed_test()
        if not self._quiet:
            _print(f"nginx: configuration file {path} test is successful")
        if self._options.dump:
            _dump(analysis)
        return 0

    def _failed_test(self) -> int:
        _print(f"nginx: configuration file {self._options.conf_path} test failed")
        return 1

    def _say_that_syntax_is_ok(self) -> None:
        if not self._quiet:
            _print(f"nginx: the configuration file {self._options.conf_path} syntax is ok")

    # -s

    def _signal(self, analysis: Analysis, name: str) -> int:
        self._say("notice", "signal process started")
        setting = analysis.root.own("pid")
        path = os.fsdecode(setting.value) if setting is not None else PID_PATH
        try:
            pid = read_pid(path)
        except OSError as error:
            self._say("error", open_failed(path, error))
            return 1
        except InvalidPid as error:
            self._say("error", str(error))
            return 1
        number = SIGNALS[name]
        try:
            os.kill(pid, number)
        except OSError as error:
            self._say("alert", f"kill({pid}, {int(number)}) failed ({error.errno}: {error.strerror})")
            return 1
        return 0

    # start

    def _start(self, analysis: Analysis) -> int:
        from ..server.processes import master
        from ..server.processes.signals import MASTER_SIGNALS, listen_to
        from ..server.setup.serving import load
        from ..server.setup.startup import report_twice, set_up

        try:
            # All that serves is loaded before a socket listens and the pid file is written: who waits for either asks at once.
            setup = set_up(self._source, analysis, self._say, accepted=load)
        except Failed:
            return 1
        setup.error_log.log("notice", f"nginx/{NGINX_VERSION} emulated by ngxpush {__version__}")
        setup.error_log.log("notice", f"OS: {os.uname().sysname} {os.uname().release}")
        core = setup.configuration.of(CoreMain)
        starter = daemonize() if core.daemon else Starter()
        signals = listen_to(MASTER_SIGNALS)
        pid_file = PidFile(os.fsdecode(core.pid))
        failed = pid_file.write()
        if failed is not None:
            report_twice(setup.error_log)("emerg", failed)
            return 1
        starter.succeed()
        setup.error_log.redirect_stderr()
        version = NGINX_VERSION.encode()
        try:
            if core.master_process:
                master.Master(self._source, setup, version, signals, pid_file, starter).run()
            else:
                starter.release()
                master.run_single(setup, version, signals, pid_file)
        except Exception:
            setup.error_log.log("emerg", f"ngxpush failed: {traceback.format_exc().strip()!r}")
            pid_file.remove()
            return 1
        return 0


def _dump(analysis: Analysis) -> None:
    output = sys.stdout.buffer
    with suppress(OSError):  # nginx does not look at whether it was written
        for name, content in analysis.files.items():
            output.write(b"# configuration file %b:\n" % os.fsencode(name))
            output.write(content + b"\n")
        output.flush()
