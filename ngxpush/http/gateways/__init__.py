"""The languages that nginx speaks to other servers, each a codec for `http/upstream/`.

proxy (HTTP), fastcgi, uwsgi, scgi, memcached, grpc
cgi         what fastcgi, uwsgi and scgi have in common
passed_on   what proxy and grpc have in common
"""
