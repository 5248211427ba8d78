"""fastcgi_pass: requests for FastCGI servers, such as PHP's.

codec     puts the parts together; the parameters are those of `gateways/cgi`
records   the records of the protocol, to and from bytes
answer    an answer: its head, its body, what comes on standard error
"""
