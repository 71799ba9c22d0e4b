"""Django's backend for PostgreSQL, which says why it cannot connect and outlives new columns."""
