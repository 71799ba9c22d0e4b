"""The mail server is slow, puts off, hangs, or loses its answer."""

from __future__ import annotations

import time
from collections import Counter

from tests.faults.running import Site, ask_for_code, fault, type_code, until
from tests.support.visiting import Browser

MAILS = 13
SLOW = 8.0  # seconds for each command


@fault("slow mail server (8 s per command)", "each mail once; a code does not wait for the others")
def slow_mail_server(site: Site) -> str:
    server = site.hosted.mail_server
    server.mails.clear()
    server.delay = SLOW
    begun = time.monotonic()
    site.letters(MAILS)
    time.sleep(3)
    asked = time.monotonic()
    site.letters(1, urgent=True)
    code = 0.0
    while len(server.mails) < MAILS + 1 and time.monotonic() - begun < 400:
        if not code and site.sql("SELECT count(*) FROM accounts_letter WHERE urgent")[0][0] == 0:
            code = time.monotonic() - asked
        time.sleep(0.2)
    took = time.monotonic() - begun
    server.delay = 0
    until(lambda: site.sql("SELECT count(*) FROM accounts_letter")[0][0] == 0, 60, "all are sent")
    twice = [id for id, times in Counter(server.ids).items() if times > 1]
    number = len({*server.ids})
    server.mails.clear()
    assert (number, twice) == (MAILS + 1, []), (number, twice)
    assert code < 6 * SLOW
    return f"{number} mails in {took:.0f} s, none twice; a code in between after {code:.0f} s"


@fault("one 451 (greylisting)", "again after 15 s, and the code works")
def greylisting(site: Site) -> str:
    server = site.hosted.mail_server
    server.mails.clear()
    server.tries.clear()
    server.refusals = 1
    try:
        visitor = Browser(site.url, site.visitor_trust())
        begun = time.monotonic()
        ask_for_code(site, visitor, "grey@example.org")
        until(lambda: server.mails, 60, "the mail is taken")
        took = time.monotonic() - begun
        type_code(site, visitor)
    finally:
        server.refusals = 0
    assert took < 20, f"{took:.0f} s"
    return f"the mail after {took:.0f} s, and its code signs in"


# As if all codes had been asked for sixteen minutes before they were.
EARLIER = """
from django.contrib.sessions.models import Session
from accounts.sessions import SessionStore

def move(content):
    for name, value in content.items():
        if isinstance(value, dict):
            move(value)
        elif name in ("at", "initiated_at"):
            content[name] = value - 960

for row in Session.objects.all():
    content = row.get_decoded()
    move(content)
    row.session_data = SessionStore().encode(content)
    row.save()
"""


@fault("a mail is taken 16 minutes late", "its code still lives: 15 min from sending")
def late_code(site: Site) -> str:
    """The times are moved back, instead of waiting."""
    server = site.hosted.mail_server
    server.mails.clear()
    server.hangs = True
    visitor = Browser(site.url, site.visitor_trust())
    ask_for_code(site, visitor, "late@example.org")
    moved = site.manage("shell", "-v", "0", "-c", EARLIER)
    assert moved.returncode == 0, moved.stderr
    server.hangs = False
    site.sql("UPDATE accounts_letter SET due_at = now()")
    begun = time.monotonic()
    until(lambda: server.mails, 60, "the mail is taken")
    type_code(site, visitor)
    return f"sent {time.monotonic() - begun:.0f} s after the server is back, and its code signs in"


@fault("mail server hangs", "`work --healthy` says so; when it is back, codes go first")
def hanging_mail_server(site: Site) -> str:
    server = site.hosted.mail_server
    server.mails.clear()
    assert site.manage("work", "--healthy").returncode == 0
    server.hangs = True
    site.letters(30)
    begun = time.monotonic()
    until(lambda: site.manage("work", "--healthy").returncode, 300, "it is noticed")
    noticed = time.monotonic() - begun
    complaint = site.manage("work", "--healthy").stderr.strip()
    queued = site.sql("SELECT count(*) FROM django_tasks_database_dbtaskresult")[0][0]
    site.letters(1, urgent=True)
    server.hangs = False
    back = time.monotonic()
    until(
        lambda: not site.sql("SELECT 1 FROM accounts_letter WHERE urgent"), 60, "the code is sent"
    )
    code = time.monotonic() - back
    site.sql("UPDATE accounts_letter SET due_at = now()")
    until(lambda: not site.sql("SELECT 1 FROM accounts_letter"), 120, "all are sent")
    until(lambda: site.manage("work", "--healthy").returncode == 0, 60, "it is well again")
    twice = sum(times > 1 for times in Counter(server.ids).values())
    server.mails.clear()
    assert queued == 0
    assert twice == 0
    assert code < 20
    return (
        f"noticed after {noticed:.0f} s ({complaint.rpartition(': ')[2]}); no task queued; back: a"
        f" code after {code:.0f} s, none twice"
    )


@fault("the answer of the mail server is lost", "the only case that doubles a mail")
def lost_answer(site: Site) -> str:
    server = site.hosted.mail_server
    server.mails.clear()
    server.loses_answer = 1
    site.letters(1)
    until(lambda: len(server.mails) == 2, 60, "it is sent again")
    same = len({*server.ids})
    server.mails.clear()
    assert same == 1
    return "sent twice, with one Message-ID"


@fault("the worker is killed while it sends", "another sends it within a minute")
def killed_worker(site: Site) -> str:
    server = site.hosted.mail_server
    server.mails.clear()
    server.hangs = True
    site.letters(1)
    until(lambda: site.sql("SELECT 1 FROM accounts_letter WHERE claimed_by <> ''"), 20, "claimed")
    process, watchdog = site.hosted.worker
    process.kill()
    process.wait()
    watchdog.stop()
    server.hangs = False
    begun = time.monotonic()
    site.hosted.start_the_worker()
    until(lambda: server.mails, 90, "the letter is sent")
    took = time.monotonic() - begun
    server.mails.clear()
    assert took < 75
    return f"sent {took:.0f} s later"
