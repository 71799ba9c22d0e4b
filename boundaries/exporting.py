"""Where a task that the version before has queued still finds its function: leaving/data_export.py.

Version 0.1.0 queues it under this name. Delete this module after 0.2.0.
"""

from boundaries.leaving.data_export import make as make
