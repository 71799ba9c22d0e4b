"""WebKit, spoken to by WebDriver, with as much of Playwright's page as the journeys use.

Playwright drives a WebKit of its own making alone, which no distribution has. Debian has WebKitGTK
and its driver. So that a journey is written once, what it calls is offered here under Playwright's
names, and Playwright's own script finds the elements in the page. Selenium was considered: it would
have spared twenty lines of HTTP, and brought eight packages.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin

import playwright
import pytest
from playwright._impl.isomorphic import locator_utils as selectors  # as its own locators do
from playwright._impl.isomorphic.string_utils import escape_for_text_selector
from playwright.sync_api import Error

DRIVER = Path(playwright.__file__).parent / "driver"
TIMEOUT = 10_000  # ms
STEP = 0.04  # seconds between two looks
TOLD = re.compile(r"^CONSOLE \w+ (?:ERROR|WARN\w*) (.*)", re.M)
KEYS = {
    "Enter": "\ue007",
    "Tab": "\ue004",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Alt": "\ue00a",
    "Meta": "\ue03d",
    "Escape": "\ue00c",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
IS_FUNCTION = re.compile(r"\s*(async\s*)?(\([^()]*\)|\w+)\s*=>")

FIND = """
  const injected = window.__injected;
  if (!injected) return "inject";
  const all = injected.querySelectorAll(injected.parseSelector(arguments[0]), document);
  const one = all[0];
  const visible = (each) =>
    each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length > 0;
  const words = (each) => each.textContent.replace(/[\\s\\u200b]+/g, " ").trim(); // also folded
"""
ONE = "if (all.length !== 1) return { told: `${all.length} elements` };"
# Where a person would put their finger, once the element is there to be touched.
AIM = """
  if (!visible(one)) return { told: "not to be seen" };
  if (one.disabled) return { told: "disabled" };
  one.scrollIntoView({ block: "center", behavior: "instant" });
  const box = one.getClientRects()[0];
  const x = Math.round(box.x + box.width / 2), y = Math.round(box.y + box.height / 2);
  const top = document.elementFromPoint(x, y);
  const ours = [one, ...one.labels ?? []];
  const hit = top && (top.contains(one) || ours.some((each) => each.contains(top)));
  return hit ? { x, y } : { told: `covered by ${top?.outerHTML.slice(0, 80)}` };
"""
FILL = """
  const said = injected.fill(one, arguments[1]);
  const how = arguments[1] ? "insertText" : "delete";
  if (said === "needsinput") document.execCommand(how, false, arguments[1]);
  return said.startsWith?.("error") ? { told: said } : {};
"""
WATCH = """
  window.__going = false;
  addEventListener("beforeunload", () => { window.__going = true; }, { once: true });
"""
# Where no script runs, no listener does. What is under the finger says whether it leads elsewhere.
LEADS_ON = """
  const leads = "a[href]:not([target]), button[type=submit], button:not([type])";
  const under = document.elementFromPoint(arguments[0], arguments[1])?.closest(leads);
  const form = under?.form;
  const sends = form && (form.noValidate || under.formNoValidate || form.matches(":valid"));
  const here = under?.hash && under.href.split("#")[0] === location.href.split("#")[0];
  window.__going = Boolean(sends || (under?.href && !here));
"""
STILL_HERE = "return window.__going || document.readyState !== 'complete' ? 'going' : '';"
PAINTED = """
  const twice = (done) => requestAnimationFrame(() => requestAnimationFrame(() => done()));
  return new Promise(twice);
"""
LINE = """
  const cut = arguments[0];
  window.__fetch ??= window.fetch;
  window.fetch = cut ? () => Promise.reject(new TypeError("no line")) : window.__fetch;
  if (!cut) dispatchEvent(new Event("online"));
"""


@cache
def finder() -> str:
    """Playwright's script that runs in pages, out of the program that comes with it."""
    bundle = (DRIVER / "package" / "lib" / "coreBundle.js").read_text()
    _, _, after = bundle.partition('src/generated/injectedScriptSource.ts"() {')
    line = next(line for line in after.splitlines() if re.match(r"\s+source\d+ = '", line))
    literal = line.partition(" = ")[2].rstrip(";")
    printed = f"process.stdout.write({literal})"
    done = subprocess.run(
        [str(DRIVER / "node"), "-"], input=printed, stdout=subprocess.PIPE, text=True, check=True
    )
    options = {"sdkLanguage": "python", "browserName": "webkit", "customEngines": []}
    make = f"new (module.exports.InjectedScript())(globalThis, {json.dumps(options)})"
    return f"const module = {{}};\n{done.stdout}\nwindow.__injected = {make};"


class Lacking:
    """Where Playwright offers more than a WebDriver can: the test says so, and is passed over."""

    LACKS: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name in self.LACKS:
            pytest.skip(f"WebKitWebDriver has nothing for {name}")
        raise AttributeError(name)


class WebKit:
    """Makes windows like Playwright's browser does, each in a WebKit of its own."""

    def __init__(self, driver: str, *, waits: bool = True) -> None:
        """Whether its driver waits for each page: for one that is brought back it does for ever."""
        self._driver = driver
        self._waits = waits
        shown, ours = os.pipe()
        command = [
            "Xvfb",
            "-displayfd",
            str(ours),
            "-screen",
            "0",
            "1400x1100x24",
            "-nolisten",
            "tcp",
        ]
        self._screen = subprocess.Popen(command, pass_fds=[ours], stderr=subprocess.DEVNULL)
        os.close(ours)
        with os.fdopen(shown) as output:
            self._display = f":{output.readline().strip()}"

    def new_context(self, **options: Any) -> Context:
        return Context(self._driver, self._display, waits=self._waits, **options)

    def close(self) -> None:
        self._screen.terminate()
        self._screen.wait()


class Context(Lacking):
    """One person's phone: a WebKit, and its driver. What its console tells is kept."""

    LACKS = ("expect_page", "new_cdp_session", "route")

    def __init__(
        self,
        driver: str,
        display: str,
        *,
        waits: bool,
        base_url: str = "",
        java_script_enabled: bool = True,
        color_scheme: str = "light",
        forced_colors: str = "none",
        viewport: dict[str, int] | None = None,
        **unused: Any,
    ) -> None:
        if forced_colors == "active":
            pytest.skip("WebKit has no forced colours")
        self.waits = waits
        self.base_url = base_url
        self.javascript = java_script_enabled
        self.size = viewport or {"width": 390, "height": 844}
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self._home = home = Path(self._folder.name)
        (home / "gtk-3.0").mkdir()
        dark = int(color_scheme == "dark")
        look = f"[Settings]\ngtk-enable-animations=0\ngtk-application-prefer-dark-theme={dark}\n"
        (home / "gtk-3.0" / "settings.ini").write_text(look)
        env = os.environ | {
            "DISPLAY": display,
            "XDG_CONFIG_HOME": str(home),
            "HOME": str(home),
            "NO_AT_BRIDGE": "1",
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._told = home / "console"
        with self._told.open("wb") as output:
            self._process = subprocess.Popen(
                [driver, f"--port={port}"],
                stdout=output,
                stderr=subprocess.DEVNULL,
                env=env,
                start_new_session=True,
            )
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(200):
            try:
                self._connection.connect()
                break
            except ConnectionRefusedError:
                time.sleep(STEP)
        arguments = ["--automation", "--enable-write-console-messages-to-stdout=TRUE"]
        if not java_script_enabled:
            # Then no listener and no timer of ours runs either. To take only the page's own scripts
            # away (-markup) would not do: its style sheets would still believe that they run.
            arguments.append("--enable-javascript=FALSE")
        wanted = {
            "webkitgtk:browserOptions": {"binary": mini_browser(), "args": arguments},
            "unhandledPromptBehavior": "accept",
            "pageLoadStrategy": "normal" if waits else "none",
        }
        made = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{made['sessionId']}"
        self._now: str = self.do("GET", "/window")
        self._first: str | None = self._now
        self.pages: list[Page] = []

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        sent = json.dumps(body) if body is not None else None
        self._connection.request(method, path, sent, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        value = json.loads(answer.read())["value"]
        if answer.status != 200:
            raise Error(f"{value['error']}: {value['message']}")
        return value

    def do(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.ask(
            method, self._session + path, {} if method == "POST" and body is None else body
        )

    def switch_to(self, handle: str) -> None:
        if self._now != handle:
            self.do("POST", "/window", {"handle": handle})
            self._now = handle

    def new_page(self) -> Page:
        handle, self._first = self._first, None
        page = Page(self, handle or self.do("POST", "/window/new", {"type": "window"})["handle"])
        page.set_viewport_size(self.size)
        self.pages.append(page)
        return page

    def add_cookies(self, cookies: list[dict[str, Any]]) -> None:
        page = self.pages[-1]
        if not page.url.startswith(self.base_url):
            page.goto("/healthz")
        for cookie in cookies:
            self.do("POST", "/cookie", {"cookie": cookie})

    def cookies(self) -> list[dict[str, Any]]:
        return list(self.do("GET", "/cookie"))

    def clear_cookies(self) -> None:
        self.do("DELETE", "/cookie")

    def set_offline(self, cut: bool) -> None:
        """For what a page asks behind itself, as long as it stays. The driver has no such thing."""
        for page in self.pages:
            page.run(LINE, cut)

    def files(self) -> set[Path]:
        """What was downloaded, and is there as a whole."""
        return {
            path
            for path in self._home.rglob("*.*")
            if path.suffix in {".pdf", ".zip", ".ics", ".json"}
        }

    def set_default_timeout(self, timeout: float) -> None:
        pass

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def console(self) -> list[str]:
        return TOLD.findall(self._told.read_text(errors="replace"))

    def close(self) -> None:
        try:
            self.do("DELETE", "")
        finally:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()
            self._connection.close()
            self._folder.cleanup()


def mini_browser() -> str:
    return str(next(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser")))


def until(found: Callable[[], str], timeout: float | None) -> None:
    """Waits until there is nothing to complain of any more."""
    deadline = time.monotonic() + (timeout or TIMEOUT) / 1000
    while wrong := found():
        if time.monotonic() > deadline:
            raise AssertionError(wrong)
        time.sleep(STEP)


class Finding:
    """What pages and locators have in common: ways to find an element."""

    page: Page
    selector = ""

    def locator(self, selector: str, *, has_text: str | None = None) -> Locator:
        if has_text is not None:
            selector += f" >> internal:has-text={escape_for_text_selector(has_text, False)}"
        return Locator(self.page, f"{self.selector} >> {selector}" if self.selector else selector)

    def get_by_role(self, role: Any, **more: Any) -> Locator:
        return self.locator(selectors.get_by_role_selector(role, **more))

    def get_by_label(self, text: str, *, exact: bool = False) -> Locator:
        return self.locator(selectors.get_by_label_selector(text, exact=exact))

    def get_by_text(self, text: str, *, exact: bool = False) -> Locator:
        return self.locator(selectors.get_by_text_selector(text, exact=exact))


class Locator(Finding):
    def __init__(self, page: Page, selector: str) -> None:
        self.page = page
        self.selector = selector

    @property
    def first(self) -> Locator:
        return self.nth(0)

    @property
    def last(self) -> Locator:
        return self.nth(-1)

    def nth(self, at: int) -> Locator:
        return self.locator(f"nth={at}")

    def filter(
        self, *, has_text: str = "", has: Locator | None = None, visible: bool | None = None
    ) -> Locator:
        found = self
        if has_text:
            found = found.locator(f"internal:has-text={escape_for_text_selector(has_text, False)}")
        if has:
            found = found.locator(f"internal:has={json.dumps(has.selector)}")
        if visible is not None:
            found = found.locator(f"visible={str(visible).lower()}")
        return found

    def all(self) -> list[Locator]:
        return [self.nth(at) for at in range(self.count())]

    def look(self, script: str, *given: Any) -> Any:
        """What a script says of `all` elements found, or of `one`."""
        return self.page.run(FIND + script, self.selector, *given)

    def act(self, script: str, *given: Any, timeout: float | None = None) -> Any:
        """The same of an element that must be there, and alone, before long."""
        answer: dict[str, Any] = {}

        def complaint() -> str:
            answer.clear()
            answer.update(self.look(ONE + script, *given))
            return f"{self.selector}: {answer['told']}" if "told" in answer else ""

        until(complaint, timeout)
        return answer

    def tell(self, expression: str) -> Any:
        return self.act(f"return {{ said: {expression} }};")["said"]

    def count(self) -> int:
        return int(self.look("return all.length;"))

    def inner_text(self) -> str:
        return str(self.tell("one.innerText"))

    def text_content(self) -> str:
        return str(self.tell("one.textContent"))

    def get_attribute(self, name: str) -> str | None:
        value = self.tell(f"one.getAttribute({json.dumps(name)})")
        return None if value is None else str(value)

    def evaluate(self, function: str) -> Any:
        return self.tell(f"({function})(one)")

    def evaluate_all(self, function: str) -> Any:
        return self.look(f"return ({function})(all);")

    def bounding_box(self) -> dict[str, float]:
        return dict(self.tell("one.getBoundingClientRect().toJSON()"))

    def input_value(self) -> str:
        return str(self.tell("one.value"))

    def is_checked(self) -> bool:
        return bool(self.tell("one.checked"))

    def is_visible(self) -> bool:
        return bool(self.look("return all.length === 1 && visible(one);"))

    def focus(self) -> None:
        self.tell("one.focus()")

    def blur(self) -> None:
        self.tell("one.blur()")

    def fill(self, words: str) -> None:
        self.act(FILL, words)

    def select_option(self, value: str) -> None:
        change = "one.dispatchEvent(new Event('change', { bubbles: true }))"
        assert self.tell(f"(one.value = {json.dumps(value)}, {change}, one.value)") == value

    def wait_for(self) -> None:
        until(lambda: "" if self.is_visible() else f"{self.selector} is not to be seen", None)

    def press(self, key: str) -> None:
        self.focus()
        self.page.keyboard.press(key)

    def press_sequentially(self, words: str) -> None:
        self.focus()
        self.page.keyboard.type(words)

    def click(
        self,
        *,
        timeout: float | None = None,
        button: str = "left",
        modifiers: Sequence[str] = (),
    ) -> None:
        place = self.act(AIM, timeout=timeout)
        for key in modifiers:
            self.page.keyboard.down(key)
        self.page.mouse.click(place["x"], place["y"], button)
        for key in modifiers:
            self.page.keyboard.up(key)

    def tap(self) -> None:
        self.click()

    def check(self, *, force: bool = False) -> None:
        if force:  # it lies under something, or is not drawn
            self.tell("one.checked || one.click()")
        else:
            self._set(True)

    def uncheck(self) -> None:
        self._set(False)

    def _set(self, checked: bool) -> None:
        if self.is_checked() is not checked:
            self.click()
            assert self.is_checked() is checked, f"{self.selector} did not change"


class Keyboard:
    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, keys: str) -> None:
        held = [KEYS.get(key, key) for key in keys.split("+")]
        turns = [("keyDown", key) for key in held] + [("keyUp", key) for key in reversed(held)]
        self._send(turns)

    def down(self, key: str) -> None:
        self._send([("keyDown", KEYS.get(key, key))])

    def up(self, key: str) -> None:
        self._send([("keyUp", KEYS.get(key, key))])

    def type(self, words: str) -> None:
        self._send([(turn, letter) for letter in words for turn in ("keyDown", "keyUp")])

    def _send(self, turns: list[tuple[str, str]]) -> None:
        actions = [{"type": turn, "value": key} for turn, key in turns]
        self._page.do(
            "POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]}
        )


class Mouse:
    def __init__(self, page: Page) -> None:
        self._page = page

    def click(self, x: float, y: float, button: str = "left") -> None:
        """And if that leads elsewhere, as Playwright does, be there (a download leads nowhere)."""
        context = self._page.context
        before = context.files()
        if context.javascript:
            self._page.run(WATCH)
        elif button == "left":
            self._page.run(LEADS_ON, int(x), int(y))
        self._send(x, y, {"left": 0, "middle": 1}[button])
        deadline = time.monotonic() + 5
        while self._page.run(STILL_HERE) == "going" and time.monotonic() < deadline:
            if context.files() - before:
                break
            time.sleep(STEP)

    def _send(self, x: float, y: float, button: int) -> None:
        turns = [
            {"type": "pointerMove", "x": int(x), "y": int(y), "duration": 0},
            {"type": "pointerDown", "button": button},
            {"type": "pointerUp", "button": button},
        ]
        self._page.do(
            "POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": turns}]}
        )


class Request:
    """Asks the site for something with the cookies of a page, beside it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._path = ""

    def body(self) -> bytes:
        return bytes(
            self._page.run(
                "return fetch(arguments[0]).then((answer) => answer.arrayBuffer())"
                ".then((buffer) => [...new Uint8Array(buffer)]);",
                self._path,
            )
        )

    def get(self, path: str) -> Any:
        self._path = path
        self.status = self._page.run(
            "return fetch(arguments[0]).then((answer) => answer.status);", path
        )
        return self


class Download:
    file: Path

    @property
    def value(self) -> Download:
        return self

    def path(self) -> Path:
        return self.file


class Page(Finding, Lacking):
    LACKS = (
        "add_init_script",
        "clock",
        "expect_console_message",
        "expect_event",
        "expect_request",
        "expect_response",
        "pdf",
        "route",
    )

    def __init__(self, context: Context, handle: str) -> None:
        self.context = context
        self.page = self
        self._handle = handle
        self.keyboard, self.mouse, self.request = Keyboard(self), Mouse(self), Request(self)

    def do(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        self.context.switch_to(self._handle)
        return self.context.do(method, path, body)

    def run(self, script: str, *given: Any) -> Any:
        for _ in range(5):
            try:
                answer = self.do("POST", "/execute/sync", {"script": script, "args": list(given)})
            except Error as error:
                if "closed" not in str(error) and "navigat" not in str(error).lower():
                    raise
                time.sleep(STEP)  # the page has gone on in between
                continue
            if answer != "inject":
                return answer
            self.do("POST", "/execute/sync", {"script": finder(), "args": []})
        raise Error("the page goes on and on")

    @property
    def url(self) -> str:
        return str(self.do("GET", "/url"))

    def title(self) -> str:
        return str(self.do("GET", "/title"))

    def content(self) -> str:
        return str(self.run("return document.documentElement.outerHTML;"))

    def goto(self, path: str, **unused: Any) -> None:
        with self._going():
            self.do("POST", "/url", {"url": urljoin(self.context.base_url, path)})

    def reload(self, **unused: Any) -> None:
        with self._going():
            self.do("POST", "/refresh")

    def _going(self) -> AbstractContextManager[None]:
        return nullcontext() if self.context.waits else self.expect_navigation()

    def go_back(self) -> None:
        self.do("POST", "/back")

    def evaluate(self, expression: str, given: Any = None) -> Any:
        called = (
            f"({expression})(arguments[0])" if IS_FUNCTION.match(expression) else f"({expression})"
        )
        return self.run(f"return {called};", given)

    def wait_for_timeout(self, timeout: float) -> None:
        time.sleep(timeout / 1000)

    def wait_for_load_state(self, state: str = "load") -> None:
        until(
            lambda: "" if self.run("return document.readyState;") == "complete" else "not loaded",
            None,
        )

    def wait_for_url(self, wanted: Any, *, timeout: float | None = None) -> None:
        until(lambda: "" if self.is_at(wanted) else f"at {self.url}, not at {wanted}", timeout)
        self.wait_for_load_state()

    def is_at(self, wanted: Any) -> bool:
        if callable(wanted):
            return bool(wanted(self.url))
        if isinstance(wanted, re.Pattern):
            return bool(wanted.search(self.url))
        if "*" in wanted:
            pattern = re.escape(wanted).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
            return bool(re.fullmatch(pattern, self.url))
        return self.url == urljoin(self.context.base_url, str(wanted))

    @contextmanager
    def expect_navigation(self) -> Iterator[None]:
        self.run("window.__before = true;")
        yield
        gone_on = "return !window.__before && document.readyState === 'complete';"
        until(lambda: "" if self.run(gone_on) else f"still at {self.url}", None)

    @contextmanager
    def expect_download(self) -> Iterator[Download]:
        before = self.context.files()
        download = Download()
        yield download
        until(lambda: "" if self.context.files() - before else "nothing was downloaded", None)
        download.file = (self.context.files() - before).pop()

    @property
    def viewport_size(self) -> dict[str, int]:
        width, height = self.run("return [innerWidth, innerHeight];")
        return {"width": width, "height": height}

    def set_viewport_size(self, size: dict[str, int]) -> None:
        """A window has a least width, of some 450 px."""
        bars = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight];")
        wanted = {"width": size["width"] + bars[0], "height": size["height"] + bars[1]}
        self.do("POST", "/window/rect", wanted)

    def emulate_media(self, **unused: Any) -> None:
        """It stays in the colours in which it was started."""

    def on(self, event: str, handler: Any) -> None:
        pass

    def screenshot(self, *, path: Path | None = None, **unused: Any) -> bytes:
        """What is in the window; there is nothing for the whole of a page."""
        self.run(PAINTED)
        picture = base64.b64decode(self.do("GET", "/screenshot"))
        if path:
            path.write_bytes(picture)
        return picture


class Expected:
    """What Playwright's `expect` says of a locator or a page, again and again until it is so."""

    def __init__(self, actual: Locator | Page) -> None:
        self._actual = actual

    def _soon(self, script: str, *given: Any, timeout: float | None, not_: bool = False) -> None:
        """The script gives what is there, and whether it is as wanted."""
        locator = self._actual
        assert isinstance(locator, Locator)

        def complaint() -> str:
            found, well = locator.look(script, *given)
            return (
                ""
                if well is not not_
                else f"{locator.selector}: {found!r}; wanted{' not' * not_}: {given}"
            )

        until(complaint, timeout)

    def to_have_text(
        self, text: str | list[str], *, timeout: float | None = None, not_: bool = False
    ) -> None:
        if isinstance(text, list):
            found = "const told = all.map(words);"
            alike = "JSON.stringify(told) === JSON.stringify(arguments[1])"
            self._soon(f"{found} return [told, {alike}];", text, timeout=timeout, not_=not_)
            return
        there = "all.length === 1 && words(one)"
        self._soon(
            f"const told = {there}; return [told, told === arguments[1]];",
            " ".join(text.split()),
            timeout=timeout,
            not_=not_,
        )

    def not_to_have_text(self, text: str, *, timeout: float | None = None) -> None:
        there = "all.length === 1 && words(one)"
        wanted = "told !== false && told !== arguments[1]"
        self._soon(
            f"const told = {there}; return [told, {wanted}];",
            " ".join(text.split()),
            timeout=timeout,
        )

    def to_contain_text(
        self, text: str, *, timeout: float | None = None, not_: bool = False
    ) -> None:
        there = "all.length === 1 && words(one)"
        self._soon(
            f"const told = {there}; return [told, !!told && told.includes(arguments[1])];",
            text,
            timeout=timeout,
            not_=not_,
        )

    def not_to_contain_text(self, text: str, *, timeout: float | None = None) -> None:
        self.to_contain_text(text, timeout=timeout, not_=True)

    def to_be_visible(self, *, timeout: float | None = None, not_: bool = False) -> None:
        seen = "return [all.length, all.length === 1 && visible(one)];"
        self._soon(seen, timeout=timeout, not_=not_)

    def not_to_be_visible(self, *, timeout: float | None = None) -> None:
        self.to_be_visible(timeout=timeout, not_=True)

    def to_be_hidden(self, *, timeout: float | None = None) -> None:
        self._soon("return [all.length, !all.some(visible)];", timeout=timeout)

    def to_be_attached(self, *, timeout: float | None = None) -> None:
        self._soon("return [all.length, all.length === 1];", timeout=timeout)

    def to_have_count(self, count: int, *, timeout: float | None = None) -> None:
        self._soon("return [all.length, all.length === arguments[1]];", count, timeout=timeout)

    def to_have_value(self, value: str, *, timeout: float | None = None) -> None:
        self._soon(
            "return [one?.value, all.length === 1 && one.value === arguments[1]];",
            value,
            timeout=timeout,
        )

    def to_have_attribute(
        self, name: str, value: str, *, timeout: float | None = None, not_: bool = False
    ) -> None:
        found = "one?.getAttribute(arguments[1])"
        self._soon(
            f"return [{found}, all.length === 1 && {found} === arguments[2]];",
            name,
            value,
            timeout=timeout,
            not_=not_,
        )

    def not_to_have_attribute(self, name: str, value: str, *, timeout: float | None = None) -> None:
        self.to_have_attribute(name, value, timeout=timeout, not_=True)

    def to_have_css(self, name: str, value: str, *, timeout: float | None = None) -> None:
        found = "one && getComputedStyle(one).getPropertyValue(arguments[1])"
        self._soon(
            f"const told = {found}; return [told, all.length === 1 && told === arguments[2]];",
            name,
            value,
            timeout=timeout,
        )

    def to_have_accessible_description(self, text: str, *, timeout: float | None = None) -> None:
        found = "one && injected.utils.getElementAccessibleDescription(one, false).text"
        self._soon(
            f"const told = {found}?.replace(/\\s+/g, ' ').trim();"
            "return [told, all.length === 1 && told === arguments[1]];",
            text,
            timeout=timeout,
        )

    def to_be_checked(self, *, timeout: float | None = None, not_: bool = False) -> None:
        self._soon(
            "return [one?.checked, all.length === 1 && one.checked];", timeout=timeout, not_=not_
        )

    def not_to_be_checked(self, *, timeout: float | None = None) -> None:
        self.to_be_checked(timeout=timeout, not_=True)

    def to_be_focused(self, *, timeout: float | None = None) -> None:
        self._soon(
            "const at = document.activeElement; return [at.outerHTML, one === at];",
            timeout=timeout,
        )

    def to_be_in_viewport(self, *, ratio: float = 0, timeout: float | None = None) -> None:
        """How much of its height is to be seen; any of it if no ratio is given."""
        place = "const { top, bottom, height } = one.getBoundingClientRect();"
        seen = "const seen = (Math.min(bottom, innerHeight) - Math.max(top, 0)) / height;"
        self._soon(
            f"{place} {seen} return [[top, bottom], seen > 0 && seen >= arguments[1] - 0.001];",
            ratio,
            timeout=timeout,
        )

    def to_have_url(self, wanted: Any, *, timeout: float | None = None) -> None:
        page = self._actual
        assert isinstance(page, Page)
        until(lambda: "" if page.is_at(wanted) else f"at {page.url}, not at {wanted}", timeout)

    def not_to_have_url(self, wanted: Any, *, timeout: float | None = None) -> None:
        page = self._actual
        assert isinstance(page, Page)
        until(lambda: f"still at {page.url}" if page.is_at(wanted) else "", timeout)

    def to_have_title(
        self, wanted: str | re.Pattern[str], *, timeout: float | None = None, not_: bool = False
    ) -> None:
        page = self._actual
        assert isinstance(page, Page)

        def complaint() -> str:
            title = " ".join(page.title().split())
            well = wanted == title if isinstance(wanted, str) else bool(wanted.search(title))
            return "" if well is not not_ else f"called {title!r}; wanted{' not' * not_}: {wanted}"

        until(complaint, timeout)

    def not_to_have_title(
        self, wanted: str | re.Pattern[str], *, timeout: float | None = None
    ) -> None:
        self.to_have_title(wanted, timeout=timeout, not_=True)
