"""How fast the site is on a real server and a real PostgreSQL. `make bench` runs it."""
