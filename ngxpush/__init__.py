"""ngxpush: reads an nginx.conf written for the push stream module and serves it as that nginx would."""

__version__ = "0.1.0"
