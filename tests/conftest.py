"""All tests are watched, none has less time on a busy machine, and none lives where Ctrl-C is ignored."""

import signal

from hypothesis import settings

from tests.watchdog import watch, watch_all

settings.register_profile("ngxpush", deadline=None)
settings.load_profile("ngxpush")

# A shell that runs the tests in the background has it ignored, and the programs that the tests start would ignore it as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

__all__ = ["watch", "watch_all"]
