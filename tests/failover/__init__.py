"""Kills the primary of a cluster while people save, and counts what is lost: `make failover`."""
