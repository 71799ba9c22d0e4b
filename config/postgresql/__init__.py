"""Django's backend for PostgreSQL, with clear connection errors, and safe during migrations."""
