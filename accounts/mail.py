"""Where a task that the version before has queued still finds its function. See accounts/outbox.py.

It goes once no such task can be waiting: in the version after this one.
"""

from accounts.outbox import post as post
