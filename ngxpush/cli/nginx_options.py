"""nginx's own command line, parsed the way nginx 1.22 parses it (recordings config_test: help, version, invalid-options …).

Its rules are not those of getopt: letters may be joined (`-tq`), an option's value may follow its letter directly (`-cfile`) or
be the next word, only options are allowed, of an option given twice the last value counts, and every error has nginx's message.
No option parser does all that, so this one is written by hand.  nginx has no option of more than one letter: `--channels` is
ngxpush's own.
"""

from __future__ import annotations

import signal

from msgspec import Struct

from .channels import OPTION

PREFIX = "/usr/share/nginx/"
CONF_PATH = "/etc/nginx/nginx.conf"
PID_PATH = "/run/nginx.pid"

HELP = f"""\
Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: {PREFIX})
  -e filename   : set error log file (default: stderr)
  -c filename   : set configuration file (default: {CONF_PATH})
  -g directives : set global directives out of configuration file

"""

SIGNALS = {"stop": signal.SIGTERM, "quit": signal.SIGQUIT, "reopen": signal.SIGUSR1, "reload": signal.SIGHUP}
"""What `-s` sends."""

# Letter → what the option's value is, as nginx names it when it is missing.
_VALUES = {"p": "directory name", "e": "file name", "c": "file name", "g": "parameter", "s": "parameter"}


class InvalidOption(Exception):
    """A command line nginx refuses; the text is nginx's, without the leading `nginx: `."""


class Options(Struct):
    """What the command line asks for. `prefix` ends in a slash unless it is empty; the other paths are as given, or nginx's.

    error_log: None for nginx's default, which is standard error here; so is the word `stderr`.
    channels: what each --channels says.
    """

    show_version: bool = False
    show_help: bool = False
    show_configure: bool = False
    test: bool = False
    dump: bool = False
    quiet: bool = False
    signal: str | None = None
    prefix: str = PREFIX
    error_log: str | None = None
    conf: str = CONF_PATH
    directives: str = ""
    channels: tuple[str, ...] = ()

    @property
    def conf_path(self) -> str:
        """The configuration file as nginx names it in messages."""
        return self.path(self.conf)

    def path(self, name: str) -> str:
        """`name` below the prefix, the way nginx joins them: nothing is normalised."""
        return name if name.startswith("/") else self.prefix + name


def parse(arguments: list[str]) -> Options:
    """Parse the words after `nginx`; raises InvalidOption."""
    options = Options()
    given: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if not word.startswith("-"):
            raise InvalidOption(f'invalid option: "{word}"')
        name, equals, url = word.partition("=")
        if name == OPTION:
            options.channels += (_checked_url(url if equals else next(words, "")),)
            continue
        for position, letter in enumerate(word[1:], start=2):
            if letter in _VALUES:
                value = word[position:] or next(words, None)
                if value is None:
                    raise InvalidOption(f'option "-{letter}" requires {_VALUES[letter]}')
                if letter == "s" and value not in SIGNALS:
                    raise InvalidOption(f'invalid option: "-s {value}"')
                given[letter] = value
                break
            _flag(options, letter)
    options.signal = given.get("s")
    options.directives = given.get("g", "")
    options.conf = given.get("c", options.conf)
    if "p" in given:
        prefix = given["p"]
        options.prefix = prefix if prefix.endswith("/") or not prefix else prefix + "/"
    if given.get("e", "stderr") not in ("stderr", ""):
        options.error_log = given["e"]
    return options


def _checked_url(url: str) -> str:
    if not url:
        raise InvalidOption(f'option "{OPTION}" requires a URL')
    return url


def _flag(options: Options, letter: str) -> None:
    """Set the option that takes no value."""
    match letter:
        case "?" | "h":
            options.show_version = options.show_help = True
        case "v":
            options.show_version = True
        case "V":
            options.show_version = options.show_configure = True
        case "t":
            options.test = True
        case "T":
            options.test = options.dump = True
        case "q":
            options.quiet = True
        case _:
            raise InvalidOption(f'invalid option: "{letter}"')
