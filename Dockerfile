# One image for web, worker, beat and migrations; docker-compose.yml starts them.
# Nothing secret is built in: every setting comes from the environment when it starts.

FROM node:22-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent

FROM python:3.11-slim-bookworm AS packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm AS portal
# The letters' libraries and fonts (docs/operations.md); libpq5 for the database driver.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-inter fonts-noto-core \
        libpq5 gettext \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tilflytter \
    && install -d -o tilflytter -g tilflytter /data
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static-collected \
    NODE_MODULES=/app/node_modules
WORKDIR /app
COPY --from=assets /build/node_modules node_modules
COPY . .
# Settings make their folders and, where none is given, a secret: at build both go to a folder that
# is removed in the same layer.
RUN find locale -name "*.po" -exec sh -ec 'for po; do msgfmt --check-format -o "${po%.po}.mo" "$po"; done' _ {} + \
    && DATA_DIR=/tmp/build python manage.py collectstatic --noinput -v 0 \
    && rm -rf /tmp/build
USER tilflytter
VOLUME /data
EXPOSE 8000
# A worker or beat container overrides this with a check of its own.
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=4 \
    CMD ["python", "bin/answers.py", "/healthz"]
CMD ["gunicorn", "tilflytter.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--limit-request-line", "8190", "--no-control-socket", "--max-requests", "5000", "--max-requests-jitter", "500"]
