# ngxpush in a container: docs/how-to/docker.md shows how it is used.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY . .
# An environment of its own moves as it is; the image has nothing of how it was made.
RUN python -m venv /ngxpush && \
    /ngxpush/bin/pip install --no-cache-dir '.[metrics,redis,watch]' && \
    /ngxpush/bin/pip uninstall --yes pip

FROM python:3.13-slim-bookworm
COPY --from=build /ngxpush /ngxpush
# Where nginx logs: `ngxpush nginx` as root finds them. `ngxpush run` as nobody can't write there and logs to standard error.
RUN mkdir -p /usr/share/nginx/logs /var/log/nginx
# nobody
USER 65534
# HOME: where it keeps what it makes, such as certificates that are missing.
ENV PATH=/ngxpush/bin:$PATH HOME=/tmp
WORKDIR /tmp
EXPOSE 80
ENTRYPOINT ["ngxpush"]
CMD ["run", "--no-console", "/etc/nginx/nginx.conf"]
