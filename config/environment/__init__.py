"""Reads and checks the environment variables, and refuses a wrong one in a line that names it.

The line says how to correct it and never contains any part of a value, since people paste such
lines into chats and bug reports.

Libraries that were considered: django-environ (used before), dj-database-url and environs pass
addresses to urllib, which takes part of a password with a raw "/" for the host or the port, and
they show the value in their errors. pydantic-settings parses in the same way, and needs a second
compiled dependency. libpq's own parser (psycopg.conninfo) quotes what it cannot read. All of them
check that a variable is there, not that its value can work.
"""
