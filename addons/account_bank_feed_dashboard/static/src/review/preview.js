import { Component, useState } from "@odoo/owl";

/** What posting would write, before it is done. */
export class Preview extends Component {
    static template = "account_bank_feed_dashboard.ReviewPreview";
    static props = { model: Object };

    setup() {
        this.model = useState(this.props.model);
    }

    get proposal() {
        return this.model.transaction.can.decide && this.model.proposal();
    }

    get found() {
        return this.model.previewed;
    }
}
