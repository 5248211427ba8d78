"""What a server would do, without one: `ngxpush explain` and `ngxpush routes`.

The code of the server serves a request, with a recorder attached (`http.recorder`), on a connection that leads nowhere
and over an empty zone whose clock stands still.  `ways` says how a client reaches a channel: the console, `ngxpush bench` and
`ngxpush.testing` need that as well.
"""
