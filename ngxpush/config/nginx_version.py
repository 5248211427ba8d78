"""The nginx that ngxpush stands in for."""

NGINX_VERSION = "1.22.1"
