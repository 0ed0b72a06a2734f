import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Component } from "@odoo/owl";

import { BankFeedFigure, openWay } from "./figure";

const HEALTH = {
    good: { icon: "fa-check-circle", color: "bg-success-subtle text-success-emphasis" },
    late: { icon: "fa-clock-o", color: "bg-warning-subtle text-warning-emphasis" },
    stuck: { icon: "fa-exclamation-triangle", color: "bg-danger-subtle text-danger-emphasis" },
};

/** One bank account: what the bank says, what the books say, and how it goes on. */
export class BankFeedAccountCard extends Component {
    static template = "account_bank_feed_dashboard.AccountCard";
    static components = { BankFeedFigure };
    static props = { card: Object, mayUpload: Boolean, onHappened: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get card() {
        return this.props.card;
    }

    get health() {
        return HEALTH[this.card.health.level];
    }

    get subtitle() {
        return [this.card.company, this.card.account_number].filter(Boolean).join(" · ");
    }

    get differenceIcon() {
        const { level } = this.card.difference;
        const icons = { unexplained: "fa-exclamation-triangle", unproven: "fa-question-circle" };
        return icons[level] || "fa-check";
    }

    get difference() {
        const { level, text, rest } = this.card.difference;
        return {
            even: _t("They agree."),
            explained: _t("%s, explained:", text),
            unproven: _t("%s, cannot be judged yet:", text),
            unexplained: this.card.difference.parts.length
                ? _t("%(difference)s, of which %(rest)s is unexplained:", { difference: text, rest })
                : _t("%s, unexplained", text),
        }[level];
    }

    open(way) {
        return openWay(this.action, way);
    }

    async upload() {
        const action = await this.orm.call("account.journal", "action_bank_feed_upload", [
            this.card.id,
        ]);
        return this.action.doAction(action, { onClose: () => this.props.onHappened() });
    }
}
