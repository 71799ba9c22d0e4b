"""`make judges`: what judges from outside say: Lighthouse, the Nu HTML checker, the Observatory.

Lighthouse looks at some pages as a phone on a slow line would; Nu reads every page's markup; the
HTTP Observatory (Mozilla's) marks headers and cookies over TLS, on this machine alone. All come
from npm, into var/judges. Without npm or Java the one that needs it is left out, loudly.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.__main__ import crowd
from tests.benchmarks.server import Site, environment
from tests.support import browsers, certificates

ROOT = Path(__file__).parent.parent
HERE = ROOT / "var" / "judges"
LIGHTHOUSE, NU = "lighthouse@13.5.0", "vnu-jar@26.9.27"
OBSERVATORY = "@mdn/mdn-http-observatory@1.4.8"

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
MOST_SHIFT = 0.02
# Pages that search engines may list: full marks, and nothing is left out.
LISTED = ("/", "/how-it-works/", "/help/", "/demo/", "/demo/comparison/")
# All others, with who looks at them. Search engines are kept out of them: that audit is left out.
LEAST = 0.98
PAGES = {"/account/signup/": "", "/decks/essentials/": "writing",
         "/decks/essentials/comparison/": "open"}  # fmt: skip
# Not in the standard, and yet what keeps Firefox from remembering what was ticked for "back". There
# can be no form around the four questions, the tones of an invitation, or the card to try on the
# landing page, that says so for all: nothing may be sent from there. And a property of CSS that is
# newer than Nu: browsers without it leave a field as high as it was.
MEANT = re.compile(
    r"(?:-four-questions|/nobody-|-partner)\.html.*autocomplete.* is only allowed when the input"
    r"|CSS: “field-sizing”: Property “field-sizing” doesn't exist"
)
# The most that can be had without standing in the list of hosts that browsers ship: 140, and five
# less on a page that sets no cookie, since then there is none to praise.
MARKS = {"/account/login/": 140, "/account/signup/": 140, "/": 135, "/help/": 135}


def main() -> None:
    if shutil.which("npm") is None:
        sys.exit("NOT JUDGED: npm is missing. Install Node.js (on Debian: apt install npm).")
    HERE.mkdir(parents=True, exist_ok=True)
    if not (HERE / "node_modules" / OBSERVATORY.rpartition("@")[0]).exists():
        install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]
        packages = [LIGHTHOUSE, NU, OBSERVATORY]
        command = [*install, *packages, "--prefix", str(HERE)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    database = HERE / "judged.sqlite3"
    database.unlink(missing_ok=True)
    url = f"sqlite:///{database}"
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, cwd=ROOT, check=True, env=environment(url))
    people = crowd(url, 5)["visitors"]
    site = Site(url, HERE / "site.log")
    try:
        verdicts = [lighthouse(site, people), nu()]
    finally:
        site.stop()
    verdicts.append(observatory(url))
    sys.exit(0 if all(verdicts) else 1)


def lighthouse(site: Site, people: dict[str, list[str]]) -> bool:
    """Scores for a phone, of each page."""
    well = True
    for path, who in {**dict.fromkeys(LISTED, ""), **PAGES}.items():
        least = 1 if path in LISTED else LEAST
        cookie = json.dumps({"Cookie": people[who][0]}) if who else "{}"
        command = [
            str(HERE / "node_modules" / ".bin" / "lighthouse"),
            f"http://localhost:{site.port}{path}",
            *("--output=json", "--quiet", f"--extra-headers={cookie}"),
            f"--only-categories={','.join(CATEGORIES)}",
            *([] if path in LISTED else ["--skip-audits=is-crawlable"]),
            f"--chrome-flags=--headless=new {' '.join(browsers.FLAGS)}",
        ]
        env = environment("", site.port) | {"CHROME_PATH": str(browsers.found())}
        report = judged(command, env)
        scores = {name: report["categories"][name]["score"] for name in CATEGORIES}
        shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
        paint = report["audits"]["largest-contentful-paint"]["numericValue"]
        scored = ", ".join(f"{name} {score * 100:.0f}" for name, score in scores.items())
        print(
            f"{path}: {scored}; largest paint {paint:.0f} ms, layout shift {shift:.3f}", flush=True
        )
        well &= min(scores.values()) >= least and shift <= MOST_SHIFT
        for name in CATEGORIES:
            for audit in report["categories"][name]["auditRefs"]:
                found = report["audits"][audit["id"]]
                if audit["weight"] and found["score"] is not None and found["score"] < least:
                    print(f"  {audit['id']}: {found['score']} {found.get('displayValue', '')}")
    return well


def judged(command: list[str], env: dict[str, str]) -> dict[str, Any]:
    """The report. Chromium sometimes records nothing (NO_NAVSTART), so it has two tries."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, env=env)
    if done.returncode:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=env)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def nu() -> bool:
    """Whether the markup of every page is without an error, for everybody who can look at it."""
    if shutil.which("java") is None:
        print("NOT READ BY NU: Java is missing (on Debian: apt install default-jre-headless).")
        return False
    jar = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    folder = HERE / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    keep = [sys.executable, "-m", "pytest", "-q", "tests/journeys/test_every_page.py", "-k", "sent"]
    env = os.environ | {"MARKUP": str(folder)}
    subprocess.run(keep, cwd=ROOT, check=True, env=env, stdout=subprocess.DEVNULL)
    pages = len(list(folder.iterdir()))
    command = ["java", "-jar", str(jar), "--errors-only", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if not MEANT.search(line)]
    print(f"Nu read {pages} pages: {sum('error:' in line for line in lines)} errors", flush=True)
    print(*(line.replace(str(folder), "") for line in lines), sep="\n", end="")
    read = done.returncode == 0 or bool(done.stderr)  # else it broke off without a word
    return read and not lines and pages > 0


def observatory(database_url: str) -> bool:
    """Headers and cookies of the site as it runs in production, over TLS, with what costs marks."""
    folder = HERE / "node_modules" / OBSERVATORY.rpartition("@")[0]
    (folder / "conf" / "hsts-preload.json").write_text("{}")  # it would fetch the list otherwise
    certificate, key = certificates.for_localhost(HERE)
    site = Site(database_url, HERE / "tls.log", (certificate, key))
    env = environment("", site.port) | {"NODE_EXTRA_CA_CERTS": str(certificate)}
    well = True
    try:
        for path, most in MARKS.items():
            command = ["node", str(folder / "src" / "scan.js"), f"localhost:{site.port}{path}"]
            done = subprocess.run(command, capture_output=True, check=False, env=env)
            report: dict[str, Any] = json.loads(done.stdout)
            marks = report["scan"]["score"]
            print(f"{path}: {marks} of {most} from the HTTP Observatory", flush=True)
            well &= marks >= most
            for name, test in report["tests"].items():
                if not test["pass"]:
                    print(f"  {name}: {test['result']} ({test['scoreModifier']})")
    finally:
        site.stop()
    return well


if __name__ == "__main__":
    main()
