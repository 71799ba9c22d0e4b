"""Caddy and nginx with the files of deploy/. As a module: installs them, and age."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

from tests.support import certificates
from tests.support.browsers import quietly
from tests.support.databases import free_port
from tests.support.watchdogs import Watchdog

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
PROGRAMS = {"caddy": "caddy", "nginx": "nginx-light", "age": "age"}  # and Debian's packages
HOW_TO_GET_THEM = "Caddy, nginx or age is missing (on Debian: apt install caddy nginx-light age)."


def found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Caddy, nginx or age for the tests yet: installing Debian's.", flush=True)
        quietly("apt-get", "update", "-qq")
        quietly("apt-get", "install", "-y", "-qq", "--no-install-recommends", *PROGRAMS.values())
        if shutil.which("systemctl"):  # Debian's own services are not to run
            quietly("systemctl", "disable", "--now", "caddy", "nginx")


class Proxy(ABC):
    """A proxy for https://localhost:`port`, started and ready, in front of a port on loopback."""

    def __init__(self, upstream: int, folder: Path, port: int) -> None:
        self.folder, self.upstream, self.port = folder, upstream, port
        self.plain_port = free_port()
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env=self.environment()
            )
        self.watchdog = Watchdog(self.process, folder)
        for _ in range(200):
            try:
                self.line().close()
            except OSError:  # also of TLS, and of a file that is not there yet
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(self.log.read_text())

    @property
    def site(self) -> str:
        return f"https://localhost:{self.port}"

    def line(self, name: str = "localhost") -> ssl.SSLSocket:
        """A connection over TLS, for raw requests."""
        raw = socket.create_connection(("127.0.0.1", self.port), 10)
        return self.trust().wrap_socket(raw, server_hostname=name)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.watchdog.stop()

    def everything_logged(self) -> str:
        return "\n".join(path.read_text() for path in self.folder.glob("*log*"))

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def environment(self) -> dict[str, str]: ...

    @abstractmethod
    def authority(self) -> Path:
        """The certificate to trust."""


class Caddy(Proxy):
    """With certificates of its own authority instead of a public one, and other ports."""

    def command(self) -> list[str]:
        return [str(found("caddy")), "run", "--config", str(DEPLOY / "Caddyfile")]

    def environment(self) -> dict[str, str]:
        ports = f"http_port {self.plain_port}\nhttps_port {self.port}"
        return {
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "SITE_URL": self.site,
            "UPSTREAM": f"127.0.0.1:{self.upstream}",
            "CADDY_GLOBAL_OPTIONS": f"local_certs\nskip_install_trust\n{ports}",
        }

    def authority(self) -> Path:
        return self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"


class Nginx(Proxy):
    """With the name, the ports and the files replaced, as whoever uses the file does."""

    def command(self) -> list[str]:
        certificate, key = certificates.for_localhost(self.folder)
        text = (DEPLOY / "nginx.conf").read_text()
        for old, new in {
            "/etc/letsencrypt/live/example.org/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/example.org/privkey.pem": str(key),
            "/var/log/nginx/common-ground.log": str(self.folder / "log-of-errors"),
            "/var/www/common-ground": str(DEPLOY),
            "https://example.org": self.site,
            "example.org": "localhost",
            "127.0.0.1:8000": f"127.0.0.1:{self.upstream}",
        }.items():
            assert old in text, old
            text = text.replace(old, new)
        text = re.sub(r"listen \[::\].*;\n", "", text)
        text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}", text)
        text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
        # Around it, what Debian's own file says: it logs requests.
        user = "user root;" if os.geteuid() == 0 else ""
        config = self.folder / "nginx.conf"
        config.write_text(
            f"daemon off; {user} pid {self.folder}/pid; worker_processes 1;\n"
            f"error_log {self.folder}/log-of-errors-elsewhere;\n"
            "events {} http {\n"
            f"access_log {self.folder}/log-of-requests;\n{text}\n}}\n"
        )
        return [str(found("nginx")), "-c", str(config), "-e", str(self.log)]

    def environment(self) -> dict[str, str]:
        return {}

    def authority(self) -> Path:
        return self.folder / "localhost.pem"


KINDS: dict[str, type[Proxy]] = {"caddy": Caddy, "nginx": Nginx}

if __name__ == "__main__":
    if not all(map(found, PROGRAMS)):
        install()
    if not all(map(found, PROGRAMS)):
        print(f"NOT ALL OF deploy/ IS TESTED: {HOW_TO_GET_THEM}")
        sys.exit(1 if os.environ.get("CI") else 0)
