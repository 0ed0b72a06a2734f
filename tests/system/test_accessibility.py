"""axe looks at every screen with the demo company's data, in Chromium.

Nothing serious or critical may be found in what is ours. What is Odoo's own, such as the navigation
bar, is named in tools/accessibility.py.
"""

import os

import pytest

from tools import accessibility, demo
from tools.chromium import chromium
from tools.demo import LOGIN, PASSWORD
from tools.screens import SCREENS, darken, log_in, show
from tools.screenshots import SIZES


@pytest.fixture(scope="module")
def served(odoo):
    """A running Odoo in which the demo company has imported its files."""
    odoo.drop_abandoned("screens")
    name = f"{odoo.name('screens')}_{os.getpid()}"
    try:
        odoo.copy(os.environ["BANK_FEED_DATABASE"], name)
        with demo.node(odoo, name) as node:
            demo.receive(node)
            client = demo.Client(node)
            darken(client)
            with demo.connected(odoo, client) as customer:
                customer.refuse_once()
                yield node
    finally:
        odoo.drop(name)


@pytest.fixture(scope="module")
def browser(served):
    with chromium() as browser:
        log_in(browser, served.url, LOGIN, PASSWORD, served.database)
        yield browser


OUR_OWN = {"dashboard", "upload", "review", "review-split", "transactions-cards", "closing"}
"""Screens that look another way on a phone; lists and forms are Odoo's there too."""

LOOKS = [
    (screen, size)
    for screen in SCREENS
    for size in screen.sizes
    if size == "wide" or screen.name in OUR_OWN
]


def test_our_own_screens_are_among_them():
    assert {screen.name for screen in SCREENS} >= OUR_OWN


@pytest.mark.parametrize(("screen", "size"), LOOKS, ids=lambda one: getattr(one, "name", one))
def test_axe_finds_nothing_serious(served, browser, screen, size):
    browser.size(*SIZES[size])
    show(browser, served.url, screen, dark=size == "narrow")
    found = accessibility.violations(browser, screen.inside)
    assert not found, "\n".join(found[:20])


def test_axe_finds_a_button_without_a_name(served, browser):
    browser.size(*SIZES["wide"])
    show(browser, served.url, SCREENS[0])
    browser.run(
        "document.querySelector('.o_action_manager').append(document.createElement('button'))"
    )
    assert accessibility.violations(browser, ".o_action_manager")
