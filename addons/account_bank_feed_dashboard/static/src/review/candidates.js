import { Component, useState } from "@odoo/owl";

/** So many have a key of their own. */
const MOST = 5;

/** What the transaction may be, ranked. */
export class Candidates extends Component {
    static template = "account_bank_feed_dashboard.ReviewCandidates";
    static props = { model: Object };

    setup() {
        this.model = useState(this.props.model);
    }

    get candidates() {
        return this.model.transaction.suggestions.slice(0, MOST);
    }

    get chosenId() {
        return this.model.suggestion?.id;
    }
}
