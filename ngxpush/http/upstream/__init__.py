"""Requests passed on to other servers: nginx's upstream module, without I/O.

    target                the server or group that a proxy_pass names
    peers, balancing      which server of a group gets a request
    keepalive             connections kept for the next request
    request, client_body  the bytes that are sent to it
    response, body        its answer, taken apart
    exchange              one request: the servers tried until one answers
    answer                sends its answer to the client
    headers, rewriting    which parts of its head the client gets
    connection            the interface of a connection to a server, and its events
    state                 what is known of the attempts, for logs and `http/variables/upstream.py`

`http/content/proxy.py` puts them together; the I/O is in `server/system/upstream.py`.

aiohttp's client is not used here: nginx sends paths, header names and their order unchanged, accepts answers that aiohttp
refuses, has rules of its own for what is held back, and joins the two connections after a 101.
"""
