"""Where a task that the version before has queued still finds its function. See accounts/outbox.py.

Version 0.1.0 queues it under this name. Delete this module after 0.2.0.
"""

from accounts.outbox import post as post
