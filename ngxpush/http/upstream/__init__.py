"""Requests passed on to other servers: nginx's upstream module, without I/O.

    peers, balancing   which server of a group gets a request
    request            the bytes that are sent to it
    response, body     its answer, taken apart
    headers, rewriting what of its head the client gets
    exchange           one request on its way: the servers tried, the answer passed on
    connection         what an exchange needs of the outer ring: a connection to a server, and what happens on it
    state, variables   what is known of all that afterwards: $upstream_addr and the like

aiohttp's client is not used here: nginx sends paths, header names and their order as they came, takes answers aiohttp refuses,
decides itself what is held back and what is sent on at once, and joins the two connections after a 101.
"""
