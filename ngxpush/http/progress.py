"""Where a request is in the phases, and what redirects inside have changed."""

from __future__ import annotations

from msgspec import Struct


class Progress(Struct, eq=False):
    """How far one request has come. The location it is in is the request's own."""

    # A name in `content.HANDLERS`; None for static files.
    content_handler: str | None = None

    # What is being done, in the words of error log lines.
    log_action: bytes = b""

    # The request was redirected inside or rewritten, or is a subrequest: it may use `internal` locations.
    internal: bool = False

    # How many more redirects inside there may be; at 0 nginx gives up.
    uri_changes: int = 11

    # A rewrite asks for another location.
    uri_changed: bool = False

    # The URI still begins with the location's name.
    valid_location: bool = True

    # The URI is unchanged: `input.unparsed_uri` still means the same.
    valid_unparsed_uri: bool = True

    # The arguments are not the client's own text any more: a rewrite or a redirect has made them. Where they are empty they are
    # then an empty text instead of missing.
    own_args: bool = False

    # try_files found a file by the alias of a regular expression's location.
    add_uri_to_alias: bool = False

    # The byte that stands before an empty URI in nginx's memory: it takes this for the last one (see Request.names_directory).
    before_uri: bytes = b""

    # An error_page is being served: no error_page is looked up for another error.
    error_page: bool = False

    # The request was answered and is in the location of a post_action.
    post_action: bool = False

    # How many more variables may be evaluated inside each other; a cycle ends at 0.
    variable_depth: int = 100
