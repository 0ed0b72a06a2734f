import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Component } from "@odoo/owl";

const ACTIONS = {
    journal: "account_bank_feed.action_bank_journal",
    review: "account_bank_feed.action_bank_transaction_review",
};

/** From nothing to the first reconciled file: a few steps, ticked off as they get done. */
export class BankFeedFirstSteps extends Component {
    static template = "account_bank_feed_dashboard.FirstSteps";
    static props = { steps: Array, mayUpload: Boolean };

    setup() {
        this.action = useService("action");
    }

    get steps() {
        const open = this.props.steps.filter(({ done }) => !done);
        // It gives the journal its account, too.
        const next = open.find(({ step }) => step === "quarantine") || open[0];
        return this.props.steps.map((one) => ({
            ...this.words[one.step],
            ...one,
            isNext: one === next,
        }));
    }

    get words() {
        return {
            journal: {
                title: _t("Enter the account number on a bank journal"),
                text: _t("By it the statements of the account are recognised."),
                button: _t("Bank journals"),
            },
            file: {
                title: _t("Drop a statement file"),
                text: _t("Any format that the bank offers; camt.053 tells most."),
                button: this.props.mayUpload && _t("Choose a file"),
            },
            quarantine: {
                title: _t("Say what keeps the statement in quarantine"),
                button: _t("Open the statement"),
            },
            review: {
                title: _t("Review what no rule was sure of"),
                text: _t("The first decision shows how it goes, and can be undone."),
                button: _t("Review"),
            },
        };
    }

    /** Uploading needs no other page: the zone is on this one. */
    start({ step, res_id: resId }) {
        if (step === "quarantine") {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "bank.import.statement",
                res_id: resId,
                views: [[false, "form"]],
            });
        }
        if (step === "file") {
            document.querySelector(".o_bank_feed_dashboard .o_bank_feed_files").click();
            return;
        }
        return this.action.doAction(ACTIONS[step]);
    }
}
