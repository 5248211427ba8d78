"""The languages that nginx speaks to other servers, each a codec for `http/upstream/`: proxy (HTTP), fastcgi."""
