import { useService } from "@web/core/utils/hooks";
import { Dialog } from "@web/core/dialog/dialog";

import { Component, onMounted, useRef, useState } from "@odoo/owl";

import { Finder, SHOWN } from "./finder";

const MODEL = "bank.transaction";

/** A rule that would do so with every such transaction, and what it would have done so far. */
export class RuleDialog extends Component {
    static template = "account_bank_feed_dashboard.ReviewRule";
    static components = { Dialog, Finder };
    static props = {
        close: Function,
        id: Number,
        amount: Number,
        proposal: [Object, { value: false }],
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.button = useRef("make");
        this.state = useState({ tried: null, proposal: this.props.proposal });
        onMounted(() => {
            this.button.el.focus();
            this.try();
        });
    }

    get args() {
        return [[this.props.id], this.state.proposal];
    }

    get mayMake() {
        return !this.state.tried?.lacks_account;
    }

    searchAccounts(text) {
        return this.orm.silent.call(MODEL, "review_accounts", [[this.props.id], text, SHOWN + 1]);
    }

    /** All of it goes to this account. */
    async chooseAccount({ id, tax_ids: taxes = [] }) {
        const part = { account_id: id, amount: this.props.amount };
        this.state.proposal = { parts: [{ ...part, tax_ids: taxes.map((tax) => tax.id) }] };
        this.state.tried = null;
        await this.try();
        this.button.el?.focus();
    }

    async try() {
        this.state.tried = await this.orm.silent.call(MODEL, "review_rule_tried", this.args);
    }

    async open(action) {
        this.props.close();
        await this.action.doAction(action);
    }

    async make() {
        await this.open(await this.orm.call(MODEL, "review_rule", this.args));
    }
}
