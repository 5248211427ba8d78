"""TLS: OpenSSL's state machine without sockets, its contexts, and its errors in nginx's words."""
