"""Chromium without a window, over its DevTools protocol: to look at screens as people see them."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from .common import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
    *("--disable-dev-shm-usage", "--disable-extensions", "--lang=en-US"),
    *("--force-device-scale-factor=1", "--remote-debugging-port=0"),
    "--remote-allow-origins=*",
)
PATIENCE = 60  # seconds


@contextlib.contextmanager
def chromium():
    """Yield a :class:`Browser`; it and all that it has stored are gone at the end.

    :raises Missing: when there is none on this machine
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        raise Missing("Chromium is missing: run `apt-get install chromium`.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [program, *OPTIONS, f"--user-data-dir={folder}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Browser(_address(process, Path(folder) / "DevToolsActivePort"))
        finally:
            process.terminate()
            process.wait(30)


def _address(process, file):
    """The WebSocket of its one tab."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, IndexError):
            port = file.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=10) as answer:
                tabs = json.load(answer)
            return next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        time.sleep(0.1)
    raise Missing("Chromium did not start.")


class Browser:
    """One tab."""

    def __init__(self, address):
        import websocket  # of requirements-dev.txt

        self.socket = websocket.create_connection(address, timeout=PATIENCE)
        self.last = 0
        for domain in ("Page", "Runtime", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method, **parameters):
        """Ask for something, and wait for the answer.

        :raises RuntimeError: with what Chromium says is wrong
        """
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.last:
                break
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def run(self, code):
        """The value of a JavaScript expression; promises are waited for."""
        found = self.send(
            "Runtime.evaluate",
            expression=code,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"].get("exception", {}).get("description"))
        return found["result"].get("value")

    def wait(self, condition, what=None, seconds=PATIENCE):
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(RuntimeError):  # the page may be changing
                if self.run(f"Boolean({condition})"):
                    return
            time.sleep(0.1)
        raise Missing(f"In the browser there was no {what or condition} within {seconds} s.")

    def open(self, url):
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def cookie(self, url, name, value):
        self.send("Network.setCookie", url=url, name=name, value=value)

    def size(self, width, height):
        """The window in CSS pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def press(self, key):
        """A key that has a letter, such as `?`."""
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def picture(self):
        """What the window shows, as PNG."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])
