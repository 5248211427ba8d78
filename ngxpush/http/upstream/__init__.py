"""Requests passed on to other servers: nginx's upstream module, without I/O and without a language.

    gateway               puts the parts together: `pass_request` is what a content handler calls
    codec                 the interface of a gateway's language, and what is said through it
    target                the server or group that a PREFIX_pass names
    peers, balancing      which server of a group gets a request
    keepalive             connections kept for the next request
    client_body, outflow  a body that is sent in pieces
    response, body        parts of answers that several languages have: lines of a head, the end of a body, buffers
    exchange, failures    one request: the servers tried until one answers
    answer, passing       send its answer to the client; stored_answer: and into a file
    headers               which parts of its head the client gets
    connection            the interface of a connection to a server, and its events
    state                 what is known of the attempts, for logs and `http/variables/upstream.py`

The I/O is in `server/system/upstream.py`. The languages are in `http/gateways/`.

How a codec is written. A gateway has four parts:

1. `config/directives/gateways/NAME.py`: the rows, and `NameLocation(GatewayLocation)` with the fields that no other gateway has,
   or whose default differs. A location can hold the settings of several gateways, each under its own class.
2. `http/gateways/NAME/codec.py`: a `Codec`, made for one request. The machinery calls, in this order: `destination.aim(None)`;
   `is_streamed`; with the target, `destination.aim` and `.uri`, which may keep it for later (`AddressAlone` does nothing);
   `request` once, when the client's body is here or is streamed; and `answer` once for each attempt.
3. What `answer` returns, a `ServerAnswer`. Its `feed` gets bytes cut anywhere until it returns the head: `head.status`,
   `head.status_line` (as it is passed on), `head.headers` in order, and `head.size`, the bytes of the buffer that the head has
   taken. It raises InvalidHeader with nginx's words (`upstream sent …`); the attempt then fails as `invalid_header`. What comes
   after the head in the same buffer is `rest`, what is beyond the buffer `unread`; neither is decoded. `response.HeadParser` does
   all this for heads of HTTP.
4. `body` then gives a `BodyReader`, which is fed `rest` first. It returns the bytes that the client gets. `ended`: the body is
   whole; nothing more is read. `excess`: nginx's words for more than that. `least`: how many bytes PREFIX_buffering waits for
   before it looks at a buffer that is not full; None if only a full buffer or the end of the connection counts. `at_end`: whether
   the end of the connection is a proper end. The codec writes other lines of the log itself, with `request.connection.log`.

The content handler is three lines: the settings, the codec, `pass_request`. A body that is sent goes through `SentRequest.frame`,
piece by piece, whether it comes from the client or from a file; a body in memory is already in `SentRequest.first`.
"""
