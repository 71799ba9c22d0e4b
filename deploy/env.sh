#!/bin/sh
# Writes .env for a real site: draws its secrets and fills in its address. It needs a shell and nothing else.
#
#     sh deploy/env.sh example.org
#     sh deploy/env.sh http://192.168.1.20     (a trial in your own network)
#
# Or runs a command with what stands in .env, without letting a shell run any of it:
#
#     sh deploy/env.sh -- venv/bin/python manage.py check
#
# What stands in .env already stays, so it can be run again at any time.
set -eu
umask 077
cd "$(dirname "$0")/.."

main() {
    file=.env
    [ ! -L .env ] || file=$(readlink -f .env)
    if [ "${1:-}" = -- ]; then
        shift
        with_env "$@"
    fi
    site=${1:-}
    [ $# -le 1 ] || stop "Give one name, for example: sh deploy/env.sh example.org"
    case $site in
        "" | http://* | https://*) ;;
        *) site=https://$site ;;
    esac
    site=${site%/}
    host=${site#*://}
    host=${host%:*}
    case $host in
        *[!A-Za-z0-9.-]* | .* | *. | *..*) stop "$1 is not the name of a site, such as example.org." ;;
    esac

    new=$file.new
    trap 'rm -f "$new" "$new.2"' EXIT
    if [ -e "$file" ]; then cat "$file" > "$new"; else cat .env.example > "$new"; fi

    drawn=
    draw SECRET_KEY 48
    draw MASTER_KEYS 32 1:
    is_set DATABASE_URL || is_set DATABASE_HOST || draw POSTGRES_PASSWORD 24
    fill SITE_URL https://example.org "$site"
    fill ALLOWED_HOSTS example.org "$host"
    report
    unquoted=$(unquoted "$new")
    mv "$new" "$file"
    [ -z "$unquoted" ] || stop "$unquoted"
}

# Replace this process by a command that knows what stands in .env.
with_env() {
    [ $# -gt 0 ] || stop "Name a command, for example: sh deploy/env.sh -- venv/bin/python manage.py check"
    [ -r "$file" ] || stop "There is no .env here that you may read."
    unquoted=$(unquoted "$file")
    [ -z "$unquoted" ] || stop "$unquoted"
    while IFS= read -r text || [ -n "$text" ]; do
        case $text in [A-Z]*=*) ;; *) continue ;; esac
        name=${text%%=*}
        case $name in *[!A-Z0-9_]*) continue ;; esac
        text=$(printf %s "${text#*=}" | sed "s/[[:space:]]*\$//; s/^'\(.*\)'\$/\1/; s/^\"\(.*\)\"\$/\1/")
        export "$name=$text"
    done < "$file"
    exec "$@"
}

# Says which values a shell, compose and systemd would not all read alike; a shell might even run them.
unquoted() {
    awk '
        /^[A-Z][A-Z0-9_]*=/ {
            sub(/[[:space:]]+$/, "")
            name = substr($0, 1, index($0, "=") - 1)
            text = substr($0, index($0, "=") + 1)
            if (text ~ /^\047[^\047]*\047$/ || text ~ /^"[^"$`\\]*"$/) next
            if (text ~ /[[:space:]$#&;()<>|~\047"`\\]/) names = names " " name
        }
        END {
            if (names) print "In .env, put single quotes around the value of" names \
                ". One with a single quote in it: docs/install.md, \"Passwords\"."
        }
    ' "$1"
}

# Whether a variable has a value, in .env or in a file that .env names.
is_set() {
    [ -n "$(value "$1")$(value "$1_FILE")" ]
}

value() {
    sed -n "s/^$1=//p" "$new" | tail -n 1 | tr -d "\"' \r"
}

# As many random bytes, in base64, behind a prefix.
draw() {
    if is_set "$1"; then return; fi
    text=$(head -c "$2" /dev/urandom | base64 | tr -d '\n')
    [ ${#text} -ge "$2" ] || stop "No random numbers here: head, base64 or /dev/urandom is missing."
    write "$1" "${3:-}$text"
    drawn="$drawn $1"
}

# Replace an example by the real value; leave alone what somebody has chosen.
fill() {
    if [ -n "$3" ] && { [ "$(value "$1")" = "$2" ] || ! is_set "$1"; }; then write "$1" "$3"; fi
}

write() {
    NAME=$1 VALUE=$2 awk '
        index($0, ENVIRON["NAME"] "=") == 1 { if (!done) print ENVIRON["NAME"] "=" ENVIRON["VALUE"]; done = 1; next }
        { print }
        END { if (!done) print ENVIRON["NAME"] "=" ENVIRON["VALUE"] }
    ' "$new" > "$new.2"
    mv "$new.2" "$new"
}

report() {
    if [ -n "$drawn" ]; then echo "New in .env:$drawn."; else echo "Nothing was missing that could be drawn."; fi
    case $drawn in
        *MASTER_KEYS*)
            echo "Keep a copy of MASTER_KEYS on another machine. Without it, nobody can read again what people write."
            ;;
    esac
    missing=
    [ "$(value SITE_URL)" != https://example.org ] || missing="$missing SITE_URL ALLOWED_HOSTS"
    is_set EMAIL_URL || is_set EMAIL_HOST || missing="$missing EMAIL_URL"
    is_set DEFAULT_FROM_EMAIL || missing="$missing DEFAULT_FROM_EMAIL"
    if [ -n "$missing" ]; then echo "Fill in yourself, in .env:$missing."; else echo "All of it is there."; fi
    case $drawn in
        *POSTGRES_PASSWORD*)
            echo "POSTGRES_PASSWORD is for the database that compose brings along. Without containers, empty it."
            ;;
    esac
    echo "Then, with Docker: docker compose up --build --detach"
    echo "Or without: name your database in .env, and go on as docs/install.md says under \"Without containers\"."
}

stop() {
    echo "$1" >&2
    exit 2
}

main "$@"
