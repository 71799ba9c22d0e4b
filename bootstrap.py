"""Makes .venv with a suitable Python and installs the locked requirements into it.

It runs on Python 3.8 and newer with the standard library alone, and changes nothing outside
this folder. Run it again at any time: with nothing to do, it does nothing.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

OLDEST, TOO_NEW = (3, 12), (3, 16)
PREFERRED = ("3.13", "3.14", "3.12", "3.15")
UV = "uv==0.13.9"

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
TOOLS = os.path.join(ROOT, ".venv-uv")
LOCK = os.path.join(ROOT, "requirements-dev.txt")
STAMP = os.path.join(VENV, ".lock-sha256")
BIN = "Scripts" if os.name == "nt" else "bin"
VENV_PYTHON = os.path.join(VENV, BIN, "python")

# Everything that uv stores or downloads stays in this folder too.
ENVIRONMENT = dict(
    os.environ,
    UV_CACHE_DIR=os.path.join(TOOLS, "cache"),
    UV_PYTHON_INSTALL_DIR=os.path.join(TOOLS, "python"),
    UV_LINK_MODE="copy",
    PIP_DISABLE_PIP_VERSION_CHECK="1",
)
NO_PYTHON = (
    "Python 3.12 or newer is missing, and none could be fetched. Install one "
    "(for example `apt install python3.13 python3.13-venv` or `brew install python`) and try again."
)
NO_VENV = "Python's venv module is missing. Install it (on Debian: apt install python3-venv)."


def main():
    # type: () -> None
    with open(LOCK, "rb") as lock:
        wanted = hashlib.sha256(lock.read()).hexdigest()
    if is_current(wanted):
        return
    uv = find_uv()
    python = find_python()
    make_venv(uv, python)
    install(uv)
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)


def is_current(wanted):
    # type: (str) -> bool
    """Whether .venv matches the lock file, and its Python still runs."""
    if not os.path.exists(STAMP) or version_of(VENV_PYTHON) is None:
        return False
    with open(STAMP) as stamp:
        return stamp.read() == wanted


def find_python():
    # type: () -> str | None
    """The best Python on this machine for this project, or None."""
    found = {}  # type: dict[str, str]
    for candidate in candidates():
        version = version_of(candidate)
        if version and OLDEST <= tuple(map(int, version.split("."))) < TOO_NEW:
            found.setdefault(version, candidate)
    return next((found[version] for version in PREFERRED if version in found), None)


def candidates():
    # type: () -> list[str]
    paths = [sys.executable]
    for version in PREFERRED:
        name = "python" + version
        paths.append(shutil.which(name) or "")
        for root in (os.environ.get("PYENV_ROOT"), os.path.expanduser("~/.pyenv")):
            pattern = os.path.join(root or "", "versions", version + ".*", "bin", name)
            paths += sorted(glob.glob(pattern), reverse=True) if root else []
        for folder in ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "~/.local/bin"):
            paths.append(os.path.join(os.path.expanduser(folder), name))
    return [path for path in paths if path and os.path.exists(path)]


def version_of(python):
    # type: (str) -> str | None
    """Its version as "3.13", or None if it does not run or lacks a module that we need."""
    script = "import sys, ssl, sqlite3, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode().strip() if done.returncode == 0 else None


def find_uv():
    # type: () -> str | None
    """The path of uv, which can download Python and installs quickly, or None."""
    return shutil.which("uv") or own_uv()


def own_uv():
    # type: () -> str | None
    """The path of the uv in this folder, which is the same for everybody, or None."""
    uv = os.path.join(TOOLS, BIN, "uv")
    if runs(uv, "--version"):
        return uv
    print("Setting up, once: this takes a minute.", flush=True)
    if not runs(sys.executable, "-m", "venv", TOOLS):
        return None
    pip = (os.path.join(TOOLS, BIN, "python"), "-m", "pip", "install", "-q")
    return uv if runs(*pip, UV) else None


def make_venv(uv, python):
    # type: (str | None, str | None) -> None
    if python and uv:
        made = runs(uv, "venv", "-q", "--clear", "--python", python, VENV)
    elif python:
        made = runs(python, "-m", "venv", "--clear", VENV)
        if not made:
            sys.exit(NO_VENV)
    else:
        made = bool(uv) and runs(uv or "", "venv", "-q", "--clear", "--python", "3.13", VENV)
    if not made:
        sys.exit(NO_PYTHON)


def install(uv):
    # type: (str | None) -> None
    if uv:
        command = [uv, "pip", "sync", "-q", "--python", VENV_PYTHON]
    else:
        command = [VENV_PYTHON, "-m", "pip", "install", "-q", "-r"]
    if not runs(*command, "--require-hashes", LOCK, quiet=False):
        sys.exit("The requirements could not be installed: see above. Is the network reachable?")


def runs(*command, **options):
    # type: (str, bool) -> bool
    """Whether a command succeeds. Its output is hidden unless quiet=False."""
    out = subprocess.DEVNULL if options.get("quiet", True) else None
    try:
        return subprocess.call(command, env=ENVIRONMENT, stdout=out, stderr=out) == 0
    except OSError:
        return False


if __name__ == "__main__":
    main()
