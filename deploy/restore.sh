#!/usr/bin/env bash
# Put a backup back, with compose, on this machine or another: docs/backup.md.
#
#   deploy/restore.sh FILE [--replace]
#
# It restores FILE, brings the tables up to date, deletes again whoever has left since, and only then
# starts the site. The list of those who left (erased-accounts) must lie beside FILE.
#
#   --replace       there are accounts in the database already: delete them
#   AGE_IDENTITY    the file of the private key, for a FILE that ends in .age
set -euo pipefail
umask 077

file=${1:?Name the backup to restore.}
list=$(dirname "$file")/erased-accounts
[ -r "$file" ] || { echo "$file cannot be read." >&2; exit 1; }
[ -r "$list" ] || { echo "$list is missing. Without it, accounts that were deleted come back." >&2; exit 1; }
file=$(realpath "$file") list=$(realpath "$list")
cd "$(dirname "$0")/.."

services=$(docker compose config --services)
if ! grep -qx database <<< "$services"; then
  echo "compose runs no database here. Restore into yours by hand: docs/backup.md." >&2
  exit 1
fi
pg() { docker compose exec -T database "$@"; }
in_database() { pg psql --quiet --no-align --tuples-only -U common_ground -d "$1" -c "$2"; }
case $file in
  *.age)
    plain=$(mktemp)
    trap 'rm -f "$plain"' EXIT
    age --decrypt --identity "${AGE_IDENTITY:?Name the file of the private key.}" "$file" > "$plain"
    ;;
  *) plain=$file ;;
esac

docker compose stop web worker
docker compose up -d --wait database
tables=$(in_database common_ground "SELECT count(*) FROM pg_tables WHERE tablename = 'accounts_user'")
if [ "$tables" != 0 ] && [ "${2:-}" != --replace ]; then
  accounts=$(in_database common_ground "SELECT count(*) FROM accounts_user")
  if [ "$accounts" != 0 ]; then
    echo "There are $accounts accounts in this database. To delete them, add --replace." >&2
    exit 1
  fi
fi

# Into a database beside it, so that a backup that is not whole changes nothing.
in_database postgres "DROP DATABASE IF EXISTS restoring"
in_database postgres "CREATE DATABASE restoring"
pg pg_restore --exit-on-error --no-owner -U common_ground -d restoring < "$plain"
in_database postgres "DROP DATABASE common_ground WITH (FORCE)"
in_database postgres "ALTER DATABASE restoring RENAME TO common_ground"

docker compose run --rm migration
# shellcheck disable=SC2016
docker compose run --rm -T worker sh -c 'cat >> "$ERASED_FILE"' < "$list"
docker compose run --rm worker python manage.py erase_again
docker compose up -d
