#!/usr/bin/env bash
# Caddy 2.6.2 (Debian 12's package): a `reverse_proxy` that is told to try again (`lb_try_duration`), and to repeat POSTs as well
# (`lb_retry_match`). A form is sent while nothing listens behind it. One expects it to arrive once something does, or
# an error. It arrives dozens of times, each time with its headers and none of its body: the first try,
# which reached nobody, has used the body up. When the time is over the browser gets 502, and what
# listens has had to deal with all those torn requests. GETs are repeated as one expects.
# Exits non-zero if that is no longer so. Needs apt-get with Debian 12's packages, dpkg-deb, curl and Python 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q caddy=2.6.2-5 >/dev/null 2>&1
dpkg-deb -x caddy_2.6.2-5_*.deb .
read -r front behind < <(python3 -c 'import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
cat > Caddyfile <<END
{
	admin off
	auto_https off
}
http://127.0.0.1:$front {
	reverse_proxy 127.0.0.1:$behind {
		lb_try_duration 15s
		lb_try_interval 200ms
		lb_retry_match {
			method POST
		}
	}
}
END
XDG_DATA_HOME="$folder" XDG_CONFIG_HOME="$folder" HOME="$folder" ./usr/bin/caddy run --config Caddyfile >caddy.log 2>&1 &
cat > upstream.py <<'END'
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    browser, _ = server.accept()
    browser.settimeout(5)
    received = b""
    while b"\r\n\r\n" not in received:
        received += browser.recv(65536) or b"\r\n\r\n"
    head, _, body = received.partition(b"\r\n\r\n")
    [declared] = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")] or [0]
    while len(body) < declared and (more := browser.recv(65536)):
        body += more
    print(f"POST of {declared} bytes, {len(body)} of them arrived", flush=True)
    try:
        browser.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    except OSError:
        pass
    browser.close()
END
ask() { curl -s -o /dev/null --max-time 20 -w '%{http_code}' -d "words=kept" "http://127.0.0.1:$front/"; }
sleep 1
ask > late &
asking=$!
sleep 2
python3 upstream.py "$behind" > arrived 2>/dev/null &
wait "$asking"
tries=$(wc -l < arrived)
sort arrived | uniq -c
echo "The answer to the form that was sent 2 s before anything listened: $(cat late)"
echo "The answer to the same form once something listens: $(ask)"
tail -n 1 arrived
[ "$(cat late)" = 502 ] && [ "$tries" -gt 10 ] && [ "$(head -n "$tries" arrived | sort -u)" = "POST of 10 bytes, 0 of them arrived" ]
