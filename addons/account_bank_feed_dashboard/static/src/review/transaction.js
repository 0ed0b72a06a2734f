import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { STATE_CHIPS } from "@account_bank_feed/states/states";

import { Component, markup, useState } from "@odoo/owl";

/** What the bank said, where it stands in its file, what was thought about it, and comments. */
export class Transaction extends Component {
    static template = "account_bank_feed_dashboard.ReviewTransaction";
    static props = { model: Object };

    setup() {
        this.model = useState(this.props.model);
        this.orm = useService("orm");
        this.action = useService("action");
        this.chips = STATE_CHIPS;
    }

    get data() {
        return this.model.transaction;
    }

    get date() {
        return this.data.booking_date && formatDate(deserializeDate(this.data.booking_date));
    }

    get place() {
        return [this.date, this.data.journal?.name, this.data.company?.name].filter(Boolean);
    }

    get comments() {
        const comments = this.model.comments[this.data.id] || [];
        return comments.map((comment) => ({
            ...comment,
            date: formatDateTime(deserializeDateTime(comment.date)),
            body: markup(comment.body_html), // the server has sanitised it
        }));
    }

    /** A batch booking of hundreds is folded in. */
    get isLong() {
        return this.data.details.length > 10;
    }

    openOriginal() {
        const { model, id } = this.data.duplicate_of;
        this.openRecord(model, id);
    }

    /** Until its statement is released, nothing can be decided about it. */
    get waitsForStatement() {
        return this.data.state === "quarantined" && !this.data.duplicate_of;
    }

    async openStatement() {
        const [{ import_statement_id: statement }] = await this.orm.read(
            "bank.transaction",
            [this.data.id],
            ["import_statement_id"]
        );
        this.openRecord("bank.import.statement", statement[0]);
    }

    openRecord(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    onDuplicateKey(ev) {
        const answer = { y: true, n: false }[ev.key.toLowerCase()];
        if (answer !== undefined && !ev.ctrlKey && !ev.altKey && !ev.metaKey) {
            ev.preventDefault();
            ev.stopPropagation();
            this.model.answerDuplicate(answer);
        }
    }
}
