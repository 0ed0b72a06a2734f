import { useService } from "@web/core/utils/hooks";

import { Component, onWillStart, useState } from "@odoo/owl";

/** Nothing waits: what was done, and where to go from here. */
export class Empty extends Component {
    static template = "account_bank_feed_dashboard.ReviewEmpty";
    static props = { model: Object };

    setup() {
        this.model = useState(this.props.model);
        this.action = useService("action");
        this.orm = useService("orm");
        this.quarantined = 0;
        onWillStart(async () => {
            const domain = [["state", "=", "quarantined"]];
            this.quarantined = await this.orm.silent.searchCount("bank.import.statement", domain);
        });
    }

    openQuarantine() {
        this.action.doAction("account_bank_feed.action_quarantine");
    }

    openUpload() {
        this.action.doAction("account_bank_feed.action_upload");
    }

    openTransactions() {
        this.action.doAction("account_bank_feed.action_bank_transaction");
    }

    openDashboard() {
        this.action.doAction("account_bank_feed_dashboard.action_dashboard");
    }
}
