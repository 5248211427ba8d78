# ngxpush in a container: docs/how-to/docker.md shows how it is used.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels '.[redis]'

FROM python:3.13-slim-bookworm
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index /wheels/*.whl && rm -r /wheels
# nobody
USER 65534
# Where it keeps what it makes, such as certificates that are missing.
ENV HOME=/tmp
WORKDIR /tmp
EXPOSE 80
ENTRYPOINT ["ngxpush"]
CMD ["run", "--no-console", "/etc/nginx/nginx.conf"]
