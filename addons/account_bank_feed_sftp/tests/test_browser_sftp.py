"""Connecting on the screen: a private key of several lines, the host key, the accounts."""

import json

from odoo.addons.account_bank_feed.tests.browser import PATIENCE, BrowserCase
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.tests import tagged

from .server import SftpServer

STEPS = """
const find = async (what, looked) => {
    for (let times = 0; times < 600; times++) {
        const found = looked();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not there: ${what}`);
};
const button = (name) => find(name, () => document.querySelector(`button[name=${name}]`));
const key = await find("key", () => document.querySelector("div[name=private_key] input"));
key.value = %s;
key.dispatchEvent(new Event("input", { bubbles: true }));
key.dispatchEvent(new Event("change", { bubbles: true }));
(await button("action_connect")).click();
const shown = await find("fingerprint", () => {
    const field = document.querySelector(".alert div[name=sftp_fingerprint]");
    return field && field.textContent.includes("SHA256:") && field.textContent;
});
if (!shown.includes(%s)) throw new Error(`another fingerprint: ${shown}`);
if (document.querySelector(".o_bank_feed_next")) throw new Error("two advices at once");
(await button("action_sftp_confirm_host_key")).click();
(await button("action_find_accounts")).click();
await find("the feed", () => [...document.querySelectorAll("td")].find(
    (cell) => cell.textContent.includes("House bank: files")
));
const whole = async (what, selector) => {
    const shown = await find(what, () => document.querySelector(selector));
    if (shown.scrollWidth > shown.clientWidth) throw new Error(`${what} is cut off`);
};
await whole("the mark of a key that is kept", ".o_bank_feed_kept:not(.o_invisible_modifier)");
await whole("the feed's state", ".o_field_bank_feed_state .o_bank_feed_state");
console.log("test successful");
"""


@tagged("post_install", "-at_install")
class TestBrowserSftp(RealBankCase, BrowserCase):
    def setUp(self):
        super().setUp()
        self.make_login("manager")
        self.server = SftpServer(password="none")
        self.server.start()
        self.addCleanup(self.server.stop)

    def test_connect(self):
        connection = self.make_connection(
            "bank.connector.sftp", url=self.server.url, client_id="user"
        )
        values = (self.server.private_key, self.server.host_key.get_fingerprint())
        steps = STEPS % tuple(map(json.dumps, values))
        self.browser_js(
            f"/odoo/bank-connections/{connection.id}",
            f"(async () => {{{steps}}})().catch((error) => console.error(error.message));",
            "odoo.isReady === true",
            login="bank_feed_manager",
            timeout=PATIENCE,
        )
        self.env.invalidate_all()
        self.assertEqual(connection.state, "connected")
        kept, given = connection._secret("private_key"), values[0]
        self.assertEqual("".join(kept.split()), "".join(given.split()))  # in fewer lines
