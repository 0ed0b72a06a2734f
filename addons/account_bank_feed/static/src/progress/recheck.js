import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillUnmount, useEffect } from "@odoo/owl";

/** How long until it is looked again, in milliseconds, and how much longer each further time. */
const PAUSE = 1500;
const LONGER = 1.5;

/** Why a statement waits; read again by itself while it is being checked. */
export class BankFeedRecheck extends Component {
    static template = "account_bank_feed.Recheck";
    static props = { ...standardFieldProps };

    setup() {
        this.pause = PAUSE;
        useEffect(
            (isBeingChecked) => {
                this.pause = PAUSE;
                if (isBeingChecked) {
                    this.plan();
                }
                return () => clearTimeout(this.timer);
            },
            () => [this.isBeingChecked]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get record() {
        return this.props.record;
    }

    get isBeingChecked() {
        const { state, cause } = this.record.data;
        return Boolean(this.record.resId) && !cause && ["quarantined", "read"].includes(state);
    }

    plan() {
        this.timer = setTimeout(async () => {
            await this.record.load();
            if (this.isBeingChecked) {
                this.pause *= LONGER;
                this.plan();
            }
        }, this.pause);
    }
}

registry.category("fields").add("bank_feed_recheck", {
    component: BankFeedRecheck,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "cause", type: "selection" },
    ],
});
