import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";

import { Component } from "@odoo/owl";

const VIEWS = {
    "bank.transaction": ["list", "form", "pivot", "graph"],
    "account.move.line": ["list"],
};

const REVIEW = "account_bank_feed.action_bank_transaction_review";

/**
 * Open the list behind a figure, the one record that it is about, or the screen for deciding.
 *
 * @param {Object} action the service
 * @param {{label: string, model: string, domain: Array, res_id?: number, review?: boolean}} way
 */
export async function openWay(action, { label, model, domain, res_id, review }) {
    if (review) {
        return action.doAction({ ...(await action.loadAction(REVIEW)), name: label, domain });
    }
    const views = res_id ? ["form"] : VIEWS[model] || ["list", "form"];
    return action.doAction({
        type: "ir.actions.act_window",
        name: label,
        res_model: model,
        res_id,
        domain,
        views: views.map((view) => [false, view]),
    });
}

/** A figure that leads to the list behind it. */
export class BankFeedFigure extends Component {
    static template = "account_bank_feed_dashboard.Figure";
    static props = {
        way: Object,
        class: { type: String, optional: true },
        /** The words around it tell what is counted; else a screen reader is told. */
        isSaid: { type: Boolean, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { class: "" };

    setup() {
        this.action = useService("action");
    }

    get text() {
        const { text, value } = this.props.way;
        return text === undefined ? formatInteger(value) : text;
    }

    get label() {
        return this.props.isSaid ? undefined : `${this.props.way.label}: ${this.text}`;
    }

    open() {
        return openWay(this.action, this.props.way);
    }
}
