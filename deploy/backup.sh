#!/usr/bin/env bash
# Back up the database into a folder, and delete backups that are too old: docs/backup.md.
#
#   deploy/backup.sh [FOLDER]     /var/backups/common-ground unless another is named
#
#   KEEP_DAYS       how long a backup is kept (30)
#   AGE_RECIPIENT   encrypt it for this public key of age (age1…)
#   DATABASE_URL    without compose: where the database is, or DATABASE_HOST, DATABASE_NAME and so on, as
#                   in .env (sh deploy/env.sh -- deploy/backup.sh); and ERASED_FILE as the site has it
set -euo pipefail
umask 077

folder=${1:-/var/backups/common-ground}
keep=${KEEP_DAYS:-30}
mkdir -p "$folder"
folder=$(realpath "$folder")
file=$folder/common-ground-$(date -u +%Y%m%dT%H%M%SZ).dump
list=$folder/erased-accounts
cd "$(dirname "$0")/.."
trap 'rm -f "$file.new" "$list.new"' EXIT
knows_who_left=true

# The value of a variable, or of the file that it names with _FILE.
setting() {
  local file=$1_FILE
  if [ -n "${!file:-}" ]; then cat "${!file}"; else echo "${!1:-}"; fi
}

if [ -n "$(setting DATABASE_URL)$(setting DATABASE_HOST)" ]; then
  pg() { "$@"; }
  database=$(setting DATABASE_URL)
  if [ -z "$database" ]; then
    for part in HOST PORT USER PASSWORD SSLMODE SSLROOTCERT; do
      value=$(setting DATABASE_$part)
      [ -z "$value" ] || export PG$part="$value"
    done
    PGDATABASE=$(setting DATABASE_NAME)
    export PGDATABASE
  fi
  if [ -z "${ERASED_FILE:-}" ]; then
    knows_who_left=false
    echo "Warning: ERASED_FILE is not set, so this backup does not know who has left." >&2
  elif [ ! -d "$(dirname "$ERASED_FILE")" ]; then
    echo "The folder of ERASED_FILE is missing: $ERASED_FILE" >&2
    exit 1
  fi
  # It is not there until somebody has left.
  erased() { [ ! -e "${ERASED_FILE:-}" ] || cat "$ERASED_FILE"; }
else
  services=$(docker compose config --services)
  if ! grep -qx database <<< "$services"; then
    echo "compose runs no database here. Name yours in DATABASE_URL or DATABASE_HOST: docs/backup.md." >&2
    exit 1
  fi
  pg() { docker compose exec -T database "$@"; }
  database=postgresql://common_ground@/common_ground
  # shellcheck disable=SC2016
  erased() { docker compose exec -T worker sh -c '[ ! -e "$ERASED_FILE" ] || cat "$ERASED_FILE"'; }
fi

pg pg_dump --format=custom --no-owner ${database:+--dbname="$database"} > "$file.new"
# It can be read to its end; --list would not notice one that is cut short.
pg pg_restore --file=/dev/null < "$file.new"
# Who left, for a restore. It only grows: a list that was lost here is kept there.
erased > "$list.new"
[ ! -e "$list" ] || sort -u -o "$list.new" "$list" "$list.new"

if [ -n "${AGE_RECIPIENT:-}" ]; then
  age --encrypt --recipient "$AGE_RECIPIENT" --output "$file.age" "$file.new"
  file_made=$file.age
else
  mv "$file.new" "$file"
  file_made=$file
fi
if [ -s "$list.new" ] || $knows_who_left; then mv "$list.new" "$list"; fi
find "$folder" -maxdepth 1 -name 'common-ground-*.dump*' -mtime +"$keep" -delete
echo "$file_made"
