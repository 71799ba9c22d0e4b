"""`make pin`: writes into each file the digest that the tag of its image has today.

It asks the registry by docker, so it runs where docker is. A digest is the same for everybody who
builds; a tag is built again whenever what is below it changes. The first digests were taken from
public projects that pin the same tags, since no registry could be asked when they were written.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = ("Dockerfile", "docker-compose.yml")
IMAGE = re.compile(
    r"^(FROM |\s+image: )([\w./-]+:[\w.-]+)(?:@(sha256:[0-9a-f]{64}))?(?=\s|$)", re.M
)
OURS = "common-ground:"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest_of(image: str) -> str:
    """Of all platforms together. Stops with docker's own words if it cannot be had."""
    command = ["docker", "buildx", "imagetools", "inspect", image]
    try:
        done = subprocess.run(
            [*command, "--format", "{{.Manifest.Digest}}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        sys.exit("docker was not found. Run this where it is installed.")
    found = DIGEST.fullmatch(done.stdout.strip())
    if done.returncode or not found:
        sys.exit(f"{image}: {done.stderr.strip() or done.stdout.strip()}")
    return found[0]


def pinned(text: str) -> str:
    """The text of a file, with today's digests."""

    def pin(found: re.Match[str]) -> str:
        lead, image, old = found.groups()
        if image.startswith(OURS):
            return found[0]
        new = digest_of(image)
        print(f"{image}: {'the same' if new == old else f'{old} is now {new}'}")
        return f"{lead}{image}@{new}"

    return IMAGE.sub(pin, text)


if __name__ == "__main__":
    for name in FILES:
        path = ROOT / name
        path.write_text(pinned(path.read_text()))
