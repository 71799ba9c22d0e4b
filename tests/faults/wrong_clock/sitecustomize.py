"""On the path of Python, it gives a process a clock that is forty minutes fast."""

import datetime

import time_machine

time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=40)).start()
