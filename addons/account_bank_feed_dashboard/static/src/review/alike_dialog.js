import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { Dialog } from "@web/core/dialog/dialog";
import { formatMonetary } from "@web/views/fields/formatters";

import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";

/** So many are shown; the others are booked like them. */
const SHOWN = 100;
const FIELDS = [
    "booking_date",
    "counterparty_name",
    "remittance",
    "amount",
    "currency_id",
    "best_score",
];

/** Several at once: those that look alike, or that were ticked. */
export class AlikeDialog extends Component {
    static template = "account_bank_feed_dashboard.ReviewAlike";
    static components = { Dialog };
    static props = {
        close: Function,
        ids: Array,
        text: String,
        shares: { type: [Object, { value: null }], optional: true },
        account: String,
        confirm: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.book = useRef("book");
        this.state = useState({
            rows: [],
            chosen: new Set(this.props.ids),
            how: this.props.shares ? "account" : "best",
        });
        onWillStart(() => this.load());
        onMounted(() => this.book.el.focus());
    }

    async load() {
        const rows = await this.orm.silent.read(
            "bank.transaction",
            this.props.ids.slice(0, SHOWN),
            FIELDS
        );
        this.state.rows = rows.map((row) => ({
            ...row,
            date: formatDate(deserializeDate(row.booking_date)),
            amount_text: formatMonetary(row.amount, { currencyId: row.currency_id[0] }),
        }));
    }

    get more() {
        return this.props.ids.length - this.state.rows.length;
    }

    toggle(id) {
        const { chosen } = this.state;
        chosen.has(id) ? chosen.delete(id) : chosen.add(id);
    }

    get proposal() {
        return this.state.how === "account" ? this.props.shares : { best: true };
    }

    confirm() {
        const ids = this.props.ids.filter((id) => this.state.chosen.has(id));
        this.props.close();
        if (ids.length) {
            this.props.confirm(ids, this.proposal);
        }
    }
}
