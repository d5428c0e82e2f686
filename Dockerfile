# One image for web, worker, beat and prepare; docker-compose.yml says which does what. Holds no secret.
FROM python:3.11-slim-bookworm AS build
ENV UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 UV_LINK_MODE=copy
COPY requirements.txt /
RUN python -m venv /opt/wayleave \
    && python -m pip install --quiet uv \
    && uv pip install --quiet --python /opt/wayleave/bin/python --require-hashes -r /requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/wayleave --create-home wayleave
COPY --from=build /opt/wayleave /opt/wayleave
COPY . /srv/wayleave
WORKDIR /srv/wayleave
ENV PATH=/opt/wayleave/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    STATE_DIR=/var/lib/wayleave \
    HOST=0.0.0.0 \
    PORT=8000
USER wayleave
VOLUME /var/lib/wayleave
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "devstack.probe", "http://127.0.0.1:8000/healthz"]
CMD ["python", "-m", "devstack.keep", "web"]
