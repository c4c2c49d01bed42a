# syntax=docker/dockerfile:1
# Debian-slim, because the embedded server's wheel has no musl build. The same steps without Docker: .ci/image-steps.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/monitor \
 && /opt/monitor/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY monitor ./monitor
RUN /opt/monitor/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/monitor/bin/pip uninstall --yes --quiet hatchling editables pip

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 65532 --user-group --no-create-home monitor \
 && install -d -o monitor -g monitor /data
COPY --from=build /opt/monitor /opt/monitor
COPY seeds /app/seeds
COPY rules /app/rules
WORKDIR /app
# /data is the only place that is written to: state, sockets and the embedded server's data. Everything else is read-only.
ENV PATH=/opt/monitor/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TMPDIR=/data HOME=/data \
    MONITOR_STATE=/data \
    MONITOR_WEB__LISTEN=0.0.0.0:8080
USER monitor
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["monitor"]
CMD ["run"]
