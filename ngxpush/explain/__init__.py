"""What a server would do, without one: `ngxpush explain` and `ngxpush routes`.

A request is served by the same code as in a server, with a recorder attached (`http.recorder`), on a connection that goes nowhere
and over an empty zone whose clock stands still.
"""
