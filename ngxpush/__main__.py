"""`python -m ngxpush`: the same as the command."""

from .cli.main import main

main()
