import { Dialog } from "@web/core/dialog/dialog";

import { Component } from "@odoo/owl";

import { COMMANDS } from "./keys";

/** All keys of the review screen. */
export class HelpDialog extends Component {
    static template = "account_bank_feed_dashboard.ReviewHelp";
    static components = { Dialog };
    static props = { close: Function };

    get commands() {
        return Object.entries(COMMANDS).map(([name, { keys, shown, label }]) => ({
            name,
            label,
            shown: shown || keys[0],
        }));
    }
}
