import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";

/** How an answer looks: icon and word, so that its colour means nothing alone. */
const LEVELS = {
    ok: { icon: "fa-check-circle", color: "text-success", word: _t("Done") },
    none: { icon: "fa-minus-circle", color: "text-muted", word: _t("Not asked for") },
    open: { icon: "fa-exclamation-circle", color: "text-warning", word: _t("Open") },
    refused: { icon: "fa-times-circle", color: "text-danger", word: _t("Odoo refuses to lock") },
};
/** How long news are gathered before the figures are asked for again, in milliseconds. */
const GATHER = 3000;

/** What keeps a month from being closed, and the way to each. */
export class BankFeedClosing extends Component {
    static template = "account_bank_feed_dashboard.Closing";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.layout = { controlPanel: {} };
        this.levels = LEVELS;
        this.state = useState({ view: null, isLoading: false });
        // Back from a list, else opened with a month, else from an address that names one.
        const chosen = this.props.state || { ...router.current, ...this.props.action.params };
        onWillStart(() => this.load(chosen.month || false, chosen.company_id || false));
        useSetupAction({
            getLocalState: () => ({ month: this.view.month, company_id: this.view.company.id }),
        });
        this.listen();
    }

    /** Whatever happens to transactions changes these figures. */
    listen() {
        const bus = useService("bus_service");
        const onNews = ({ company_ids }) => {
            clearTimeout(this.timer);
            if (!company_ids || company_ids.includes(this.view.company.id)) {
                this.timer = setTimeout(() => this.reload(), GATHER);
            }
        };
        bus.subscribe("bank_feed/changed", onNews);
        onWillUnmount(() => {
            clearTimeout(this.timer);
            bus.unsubscribe("bank_feed/changed", onNews);
        });
    }

    get view() {
        return this.state.view;
    }

    async load(month, companyId, orm = this.orm) {
        this.state.isLoading = true;
        try {
            this.state.view = await orm.call("bank.feed.closing", "overview", [month, companyId]);
        } finally {
            this.state.isLoading = false;
        }
        this.props.updateActionState?.({ month: this.view.month });
    }

    reload() {
        return this.load(this.view.month, this.view.company.id, this.orm.silent);
    }

    show(month) {
        return this.load(month, this.view.company.id);
    }

    onCompany(ev) {
        return this.load(this.view.month, Number(ev.target.value));
    }

    follow(way) {
        const onClose = () => this.reload();
        return this.action.doAction(way.action, way.action.target === "new" ? { onClose } : {});
    }

    openLocks() {
        return this.action.doAction(this.view.lock_action, { onClose: () => this.reload() });
    }

    openJournals() {
        return this.action.doAction("account_bank_feed.action_bank_journal");
    }

    /** The level of the whole, and what to say about it. */
    get verdict() {
        const { refused, open, label, over } = this.view;
        if (refused) {
            return {
                level: "refused",
                title: _t("%s cannot be locked yet", label),
                text: _t("Odoo refuses the lock date while statement lines are unreconciled: %s.", refused),
            };
        }
        if (open) {
            return {
                level: "open",
                title: _t("%s is not finished", label),
                text: _t("Odoo would take the lock date, but this is open: %s.", open),
            };
        }
        return {
            level: "ok",
            title: _t("Nothing keeps %s from being closed", label),
            text: over ? "" : _t("The month is not over yet."),
        };
    }

    /** The number is said unless it is one of one, or a sentence says it. */
    said(check) {
        return check.count && !check.text ? String(check.count) : "";
    }
}

registry.category("actions").add("account_bank_feed_dashboard.closing", BankFeedClosing);
