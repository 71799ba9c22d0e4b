"""CockroachDB's backend for Django, with what ours adds to that of PostgreSQL.

Untried on the real engine: see docs/scaling.md.
"""
