# One image for the site, the worker and the migration. `make pin` renews the digest.
FROM python:3.13.16-slim-trixie@sha256:bf44cdfcb76cd3b41e879bc058fc37ec5872002ccfde7fcb765e218cde0cd79c

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH
RUN python -m venv /venv && useradd --system --uid 10001 --home-dir /app app
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY manage.py pyproject.toml LICENSE NOTICE THIRD-PARTY-NOTICES ./
COPY config config
COPY accounts accounts
COPY boundaries boundaries
COPY templates templates
COPY locale locale
COPY static static
# Only what collectstatic needs to start; the real values come at run time.
RUN SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklm ALLOWED_HOSTS=localhost \
    MASTER_KEYS=1:b25seS13aGlsZS10aGUtaW1hZ2UtaXMtYnVpbHQhISE= \
    SITE_URL=http://localhost EMAIL_URL=dummymail:// DEFAULT_FROM_EMAIL=nobody@localhost \
    python manage.py collectstatic --noinput -v 0 && python -m compileall -q .
RUN install -d -o app /erased /app/var/demo
USER 10001
EXPOSE 8000
# Without the last option, a signal that comes while it starts is never obeyed: findings/granian-deaf-while-it-starts.sh
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "3", "--backlog", "256", "--workers-kill-timeout", "8", "--respawn-failed-workers", "--log-level", "warning", "config.wsgi:application"]
