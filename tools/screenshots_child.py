"""The part of `make screenshots` that runs in the environment with a WebSocket client and Pillow.

    python -m tools.screenshots_child GIVEN

Given is JSON; the last line that it writes is JSON, too: what was missed.
"""

import contextlib
import io
import json
import sys

from PIL import Image

from .chromium import chromium
from .common import Missing
from .demo import LOGIN, PASSWORD
from .screens import SCREENS, log_in, show
from .screenshots import FOLDER, MOST_BYTES, SIZES, variants


def main(url, database, screens):
    (FOLDER / "all").mkdir(parents=True, exist_ok=True)
    (FOLDER / "all" / ".gitignore").write_text("*\n")
    missed = []
    with chromium() as browser:
        log_in(browser, url, LOGIN, PASSWORD, database)
        for screen in SCREENS:
            if screen.name in screens:
                for variant in variants(screen):
                    missed += _take(browser, url, screen, variant)
    print(json.dumps(missed))


def _take(browser, url, screen, variant):
    """Write the picture; yield what is wrong."""
    size, scheme = variant.split("-")
    browser.size(*SIZES[size])
    name = f"{screen.name}-{variant}"
    try:
        show(browser, url, screen, dark=scheme == "dark")
    except (Missing, RuntimeError) as error:
        yield f"{name}: {str(error).splitlines()[0]}"
    picture = _compressed(browser.picture())
    (FOLDER / "all" / f"{name}.png").write_bytes(picture)
    if variant in screen.variants:
        if len(picture) > MOST_BYTES:
            yield f"{name}: it has {len(picture):,} bytes"
        (FOLDER / f"{name}.png").write_bytes(picture)
    with contextlib.suppress(RuntimeError):  # a dialog that asks whether to leave
        browser.send("Page.handleJavaScriptDialog", accept=True)


def _compressed(picture):
    """With 128 colours, which screens do with."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
