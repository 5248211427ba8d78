"""proxy_pass: HTTP to another server.

    codec       puts the parts together
    request     the request as it is sent
    rewriting   lines of the answer's head that refer to the server

aiohttp's client is not used here: nginx sends paths, header names and their order unchanged, accepts answers that aiohttp
refuses, has rules of its own for what is held back, and joins the two connections after a 101.
"""
