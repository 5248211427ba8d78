"""Requests passed on to other servers: nginx's upstream module, without I/O.

    target                where a proxy_pass leads to
    peers, balancing      which server of a group gets a request
    keepalive             connections kept for the next request
    request, client_body  the bytes that are sent to it
    response, body        its answer, taken apart
    exchange              one request on its way: the servers tried until one answers
    answer                its answer on the way to the client
    headers, rewriting    what of its head the client gets
    connection            what all that needs of the outer ring: a connection to a server, and what happens on it
    state, variables      what is known of it afterwards: $upstream_addr and the like

`http/content/proxy.py` puts them together; the I/O is in `server/upstream.py`.

aiohttp's client is not used here: nginx sends paths, header names and their order as they came, takes answers aiohttp refuses,
decides itself what is held back and what is sent on at once, and joins the two connections after a 101.
"""
