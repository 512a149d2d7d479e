"""A headless Chromium by its own protocol, over a pipe: no further package is needed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_S = 300
POLL_S = 0.05


def find_browser() -> str | None:
    """The command of a Chromium, if this machine has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One page of one browser."""

    def __init__(self, command, profile: Path, *, size=(1280, 800), dark=False):
        to_browser, ours = os.pipe()
        theirs, from_browser = os.pipe()

        def arrange():  # the protocol's two descriptors are 3 and 4
            import fcntl  # noqa: PLC0415 - Windows has none

            # first where nothing is: either may be 3 or 4, or whatever number one would choose
            reads = fcntl.fcntl(to_browser, fcntl.F_DUPFD, 100)
            writes = fcntl.fcntl(from_browser, fcntl.F_DUPFD, 100)
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        options = ["--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}",
                   "--no-first-run", "--disable-background-networking", "--disable-gpu",
                   "--hide-scrollbars", "--disable-dev-shm-usage"]  # fmt: skip
        if hasattr(os, "getuid") and os.getuid() == 0:
            options.append("--no-sandbox")
        self._process = subprocess.Popen(
            [command, *options, "about:blank"], close_fds=False,
            preexec_fn=arrange,  # noqa: PLW1509 - it duplicates descriptors, nothing else
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._out, self._in = os.fdopen(ours, "wb", 0), os.fdopen(theirs, "rb", 0)
        self._number, self._rest = 0, b""
        self._session = None
        self.events = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.resize(*size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.send("Emulation.setEmulatedMedia", features=[scheme, still])

    def send(self, method, **params):
        """Ask the browser for something; what it answers."""
        self._number += 1
        page = {"id": self._number, "method": method, "params": params}
        if self._session:
            page["sessionId"] = self._session
        self._out.write(json.dumps(page).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self):
        while b"\0" not in self._rest:
            part = self._in.read(1 << 16)
            assert part, "the browser has left"
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        return json.loads(line)

    def resize(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip

    def open(self, url):
        self.send("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def run(self, script):
        """The value of an expression."""
        done = self.send("Runtime.evaluate", expression=script, returnByValue=True,
                         awaitPromise=True)  # fmt: skip
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def until(self, script):
        """Wait until an expression is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.run(f"!!({script})"):
            assert time.monotonic() < deadline, (script, self.run("document.body.innerText"))
            time.sleep(POLL_S)

    def press(self, key, code=0, text=""):
        """Press a key, as a person does."""
        for kind in ("keyDown", "keyUp"):
            page = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
            if text and kind == "keyDown":
                page["text"] = text
            self.send("Input.dispatchKeyEvent", **page)

    def type(self, text):
        """Type into what has the focus."""
        self.send("Input.insertText", text=text)

    def click(self, selector):
        """Press the mouse where an element is."""
        x, y = self.run(
            f"(() => {{ const it = document.querySelector({selector!r});"
            "it.scrollIntoView({block: 'center'}); const box = it.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def complaints(self):
        """Errors in the console, and requests that failed or left this computer."""
        self.run("1")
        said = []
        for event in self.events:
            params, method = event.get("params", {}), event.get("method")
            if method == "Runtime.exceptionThrown":
                said.append(params["exceptionDetails"])
            elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
                said.append(params["entry"])
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("http://127.0.0.1", "blob:", "data:", "about:")):
                    said.append(url)
        return said

    def picture(self, path):
        """Take a picture of the page."""
        Path(path).write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def close(self):
        self._process.kill()
        self._process.wait()
        self._out.close()
        self._in.close()
