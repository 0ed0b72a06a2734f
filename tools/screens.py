"""The screens of this project, how to get to each in the web client, and how to look at one.

Shared by the screenshots and by the accessibility check.
"""

import base64
import json
from dataclasses import dataclass

from .common import PROJECT, Missing

CALM = """
new Promise((done) => {
    let timer = setTimeout(done, 600);
    const again = () => { clearTimeout(timer); timer = setTimeout(done, 600); };
    const options = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(again).observe(document.body, options);
    setTimeout(done, 8000);
})
"""
"""Until nothing on the page has changed for a moment."""

STILL = "*, *::before, *::after { animation: none !important; transition: none !important; }"
DARK = """
(async () => {
    const light = document.querySelector("link[href*='/web.assets_web.']");
    if (!light || document.querySelector("link[href*='/web.assets_web_dark.']")) {
        return;
    }
    const files = await (await fetch("/web/bundle/web.assets_web_dark")).json();
    const styles = files.find((file) => file.type === "link");
    const dark = Object.assign(document.createElement("link"), {
        rel: "stylesheet", href: styles.src,
    });
    await new Promise((done, failed) => {
        Object.assign(dark, { onload: done, onerror: failed });
        light.after(dark);
    });
    light.remove();
})()
"""
"""Odoo's dark styles instead of its light ones. The Community edition has no switch: 18.0 goes by a
cookie, in 19.0 the server would say it."""


def click(selector):
    """JavaScript that clicks on the first of these.

    :param selector: CSS, for what must be there
    """
    return f"document.querySelector({selector!r}).click()"


@dataclass(frozen=True, slots=True)
class Screen:
    """A place in the web client."""

    name: str
    caption: str
    """What there is to be seen, for those who do not see it, too."""
    path: str
    ready: str
    """CSS of what is there once the screen is."""
    steps: tuple = ()
    """JavaScript to be run, or a key to be pressed: `key ?`."""
    record: tuple = ()
    """Model and domain, where the path is that of a record."""
    variants: tuple = ()
    """Those that are shown in the documentation."""
    sizes: tuple = ("wide", "narrow")
    inside: str = ".o_action_manager"
    """CSS of the part of the page that is this screen."""


CHOOSE = """
(document.querySelector(".o_bank_feed_row:has(.fa-bullseye) .o_bank_feed_row_button")
    || document.querySelector(".o_bank_feed_row_button")).click()
"""
ROWS = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
"""Odoo shows cards in the place of lists where there is little room."""

FORM = ".o_form_view .o_form_sheet"

SCREENS = (
    Screen(
        "dashboard",
        "The dashboard: a card for each bank account, what waits, and what was booked",
        "bank-feed",
        ".o_bank_feed_dashboard .card",
        variants=("wide-light", "wide-dark", "narrow-light"),
    ),
    Screen("upload", "Files are dropped here", "bank-feed-upload", ".o_bank_feed_upload"),
    Screen(
        "transactions",
        "Every transaction of every bank, with its state",
        "bank-feed-transactions?view_type=list",
        ROWS,
        variants=("wide-light",),
    ),
    Screen(
        "transactions-cards",
        "The same as cards, for the phone",
        "bank-feed-transactions?view_type=kanban",
        ROWS,
        variants=("narrow-light",),
    ),
    Screen(
        "transactions-pivot",
        "Amounts by journal, month and state",
        "bank-feed-transactions?view_type=pivot",
        ".o_pivot_view table",
        sizes=("wide",),
    ),
    Screen(
        "transactions-graph",
        "Amounts by day and state",
        "bank-feed-transactions?view_type=graph",
        ".o_graph_view canvas",
        sizes=("wide",),
    ),
    Screen(
        "review",
        "Review: what waits on the left; the transaction, its candidates and what will be booked",
        "bank-feed-review",
        ".o_bank_feed_row",
        (CHOOSE, "key 1"),
        variants=("wide-light", "wide-dark", "narrow-light"),
    ),
    Screen(
        "review-split",
        "Several open items for one transaction, and the rest written off",
        "bank-feed-review",
        ".o_bank_feed_row",
        (CHOOSE, "key s"),
        variants=("wide-light",),
    ),
    Screen(
        "review-keys",
        "All keys of the review",
        "bank-feed-review",
        ".o_bank_feed_row",
        (CHOOSE, "key ?"),
        inside=".modal-content",
    ),
    Screen("imports", "Every file that came in", "bank-feed-imports", ROWS),
    Screen(
        "import-refused",
        "A damaged file says where it is damaged",
        "bank-feed-imports/{id}",
        FORM,
        record=("bank.import", [["state", "=", "refused"]]),
    ),
    Screen(
        "quarantine",
        "A statement with a gap: the difference, the likely cause and the ways out",
        "bank-feed-quarantine/{id}",
        FORM,
        record=(
            "bank.import.statement",
            [["state", "=", "quarantined"], ["balance_error", "!=", 0]],
        ),
        variants=("wide-light",),
    ),
    Screen("rules", "Rules in the order in which they are asked", "bank-feed-rules", ROWS),
    Screen(
        "rule",
        "A rule in words",
        "bank-feed-rules/{id}",
        FORM,
        record=("bank.feed.rule", [["kind", "=", "book"]]),
    ),
    Screen(
        "rule-simulation",
        "What a rule would have done",
        "bank-feed-rules/{id}",
        FORM,
        (click(".oe_stat_button:has(.fa-flask)"), click("button[name='action_simulate']")),
        record=("bank.feed.rule", [["kind", "=", "book"]]),
        variants=("wide-light",),
        sizes=("wide",),
    ),
    Screen(
        "closing",
        "Closing a month: what is in the way, and the way to it",
        "bank-feed-closing",
        ".o_bank_feed_closing .card",
        variants=("wide-light",),
    ),
    Screen("connections", "The banks, and whether they let us in", "bank-connections", ROWS),
    Screen(
        "connection",
        "A bank: what it needs, what to do next, and its accounts with their journals",
        "bank-connections/{id}",
        FORM,
        record=("bank.connection", []),
        variants=("wide-light",),
    ),
    Screen("feeds", "The accounts that are fetched by themselves", "bank-feeds", ROWS),
    Screen(
        "feed",
        "A feed: balance by the bank, schedule, how far it is fetched, and what is wrong",
        "bank-feeds/{id}",
        FORM,
        record=("bank.feed", []),
    ),
    Screen("periods", "Every fetch with its days and what became of it", "bank-feed-periods", ROWS),
    Screen(
        "errors",
        "All that stands between the banks and the ledger",
        "bank-feed-errors",
        ROWS,
        variants=("wide-light",),
    ),
    Screen("health", "What is wrong, since when, and who was told", "bank-feed-health", ROWS),
    Screen(
        "given-up",
        "What was given up: to be tried again, or left out for a reason",
        "bank-feed-dead-letters",
        ROWS,
    ),
    Screen("audit-log", "Who did what, and why", "bank-feed-audit-log", ROWS),
    Screen(
        "tasks",
        "Bulk actions in the background",
        "bank-feed-tasks",
        ".o_list_view, .o_kanban_view",
    ),
)


PALETTE = "/bank_feed_tools/dark.scss"


def darken(client):
    """Give the dark styles of this database dark colours, see dark.scss.

    :param client: a `tools.demo.Client`
    """
    known = client.call("ir.attachment", "search", [["url", "=", PALETTE]])
    content = {"datas": base64.b64encode((PROJECT / "tools" / "dark.scss").read_bytes()).decode()}
    if known:
        client.call("ir.attachment", "write", known, content)
        return
    file = {"name": "dark.scss", "type": "binary", "mimetype": "text/scss", "url": PALETTE}
    client.call("ir.attachment", "create", [{**file, **content}])
    asset = {"name": "Dark colours", "directive": "prepend", "path": PALETTE}
    # Pivot and graph have a bundle of their own.
    bundles = ("web.assets_web_dark", "web.assets_backend_lazy_dark")
    client.call("ir.asset", "create", [{**asset, "bundle": bundle} for bundle in bundles])


def log_in(browser, url, login, password, database):
    """As the login page does."""
    browser.open(f"{url}/web/login")
    parameters = {"db": database, "login": login, "password": password}
    _ask(browser, "/web/session/authenticate", parameters)


def _ask(browser, route, parameters):
    """What the server answers to the browser."""
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters})
    return browser.run(
        f"fetch({route!r}, {{method: 'POST', body: {json.dumps(body)}, "
        "headers: {'Content-Type': 'application/json'}}).then((answer) => answer.json())"
        ".then(({result, error}) => { if (error) throw new Error(error.data.message); "
        "return result; })"
    )


def show(browser, url, screen, dark=False):
    """Open a screen, do its steps, and wait until it is still."""
    browser.cookie(url, "color_scheme", "dark" if dark else "light")
    path = screen.path.format(id=_id(browser, screen)) if screen.record else screen.path
    browser.open(f"{url}/odoo/{path}")
    browser.wait(f"document.querySelector({screen.ready!r})", f"{screen.name}: {screen.ready}")
    browser.run(
        "document.head.append(Object.assign(document.createElement('style'), "
        f"{{textContent: {STILL!r}}})); undefined"
    )
    if dark:
        browser.run(DARK)
    browser.run(CALM)
    for step in screen.steps:
        if step.startswith("key "):
            browser.press(step[4:])
        else:
            browser.run(step)
        browser.run(CALM)


def _id(browser, screen):
    """The first such record."""
    model, domain = screen.record
    call = {"model": model, "method": "search", "args": [domain], "kwargs": {"limit": 1}}
    found = _ask(browser, f"/web/dataset/call_kw/{model}/search", call)
    if not found:
        raise Missing(f"There is no {model} for the screen {screen.name}.")
    return found[0]
