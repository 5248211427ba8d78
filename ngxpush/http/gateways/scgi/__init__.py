"""scgi_pass: requests for SCGI servers.

netstring   the head of a request, as bytes
codec       puts the parts together; answers are those of `gateways/cgi`
"""
