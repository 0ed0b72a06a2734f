import { useService } from "@web/core/utils/hooks";
import { Dialog } from "@web/core/dialog/dialog";

import { Component, onMounted, useRef, useState } from "@odoo/owl";

const MODEL = "bank.transaction";

/** A rule that would do so with every such transaction, and what it would have done so far. */
export class RuleDialog extends Component {
    static template = "account_bank_feed_dashboard.ReviewRule";
    static components = { Dialog };
    static props = { close: Function, id: Number, proposal: [Object, { value: false }] };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.button = useRef("make");
        this.state = useState({ tried: null });
        onMounted(() => {
            this.button.el.focus();
            this.try();
        });
    }

    get args() {
        return [[this.props.id], this.props.proposal];
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
