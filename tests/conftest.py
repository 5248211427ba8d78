"""All tests are watched."""

from tests.watchdog import watch, watch_all

__all__ = ["watch", "watch_all"]
