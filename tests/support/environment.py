"""What the settings read in tests, whatever a developer's own environment holds."""

MASTER_KEYS = (
    "2:dGhlIHNlY29uZCBrZXksIGZvciB0ZXN0cyBvbmx5ISE=",
    "1:dGhlIGZpcnN0IGtleSwgZm9yIHRlc3RzIG9ubHk6IDE=",
)
ENVIRONMENT = {
    "DEBUG": "0",
    "SECRET_KEY": "a-key-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "MASTER_KEYS": ",".join(MASTER_KEYS),
    "ALLOWED_HOSTS": "*",
    "SITE_URL": "http://localhost",
    "EMAIL_URL": "memorymail://",
    "DEFAULT_FROM_EMAIL": "Common Ground <hello@example.org>",
    "DATABASE_URL": "sqlite:///var/tests.sqlite3",
    "DATABASE_POOL_SIZE": "0",
    "TASKS": "immediate",
    "LOG_LEVEL": "CRITICAL",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop runs in the thread of the tests
}
