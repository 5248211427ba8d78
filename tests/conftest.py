"""All tests are watched, and none has less time on a busy machine."""

from hypothesis import settings

from tests.watchdog import watch, watch_all

settings.register_profile("ngxpush", deadline=None)
settings.load_profile("ngxpush")

__all__ = ["watch", "watch_all"]
