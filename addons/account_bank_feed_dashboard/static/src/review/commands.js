import { _t } from "@web/core/l10n/translation";

import { Component, useState } from "@odoo/owl";

import { COMMANDS } from "./keys";

/** The buttons at the foot, each with its key: what can be done with the transaction. */
export class Commands extends Component {
    static template = "account_bank_feed_dashboard.ReviewCommands";
    static props = { screen: Object, model: Object };

    setup() {
        this.model = useState(this.props.model);
    }

    /** Name, icon and words of the buttons that make sense now. */
    get buttons() {
        const { draft, suggestion } = this.model;
        const count = this.model.alike[this.model.selectedId]?.ids.length;
        const buttons = [
            { name: "split", icon: "fa-search", label: _t("Split, search") },
            { name: "account", icon: "fa-book", label: _t("To an account") },
            {
                name: "writeOff",
                icon: "fa-scissors",
                label: _t("Write off the rest"),
                isLeft: Boolean(draft) || !suggestion?.left_open_text,
            },
            {
                name: "leaveOpen",
                icon: "fa-user-plus",
                label: _t("Keep as credit"),
                isLeft: Boolean(draft) || !this.model.likelyPartner,
            },
            {
                name: "alike",
                icon: "fa-clone",
                label: _t("The same for %s", count),
                isLeft: !count,
            },
            { name: "rule", icon: "fa-magic", label: _t("Rule") },
            { name: "assign", icon: "fa-user-o", label: _t("Assign") },
            { name: "ask", icon: "fa-comment-o", label: _t("Ask") },
            { name: "open", icon: "fa-external-link", label: _t("Form") },
            { name: "next", icon: "fa-step-forward", label: _t("Skip") },
            { name: "undo", icon: "fa-undo", label: _t("Undo") },
            { name: "help", icon: "fa-keyboard-o", label: _t("Keys") },
        ];
        return buttons
            .filter(({ name, isLeft }) => !isLeft && this.isThere(COMMANDS[name]))
            .map((button) => ({ ...button, key: COMMANDS[button.name].keys[0] }));
    }

    isThere({ isThere }) {
        return !isThere || isThere(this.props.screen);
    }

    run(name) {
        COMMANDS[name].run(this.props.screen);
    }

    get isRetry() {
        return this.model.transaction.can.retry;
    }

    get mayBook() {
        return this.isRetry || Boolean(this.model.proposal());
    }
}
