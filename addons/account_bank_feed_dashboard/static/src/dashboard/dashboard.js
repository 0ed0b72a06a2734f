import { BankFeedDropZone } from "@account_bank_feed/upload/drop_zone";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

import { BankFeedAccountCard } from "./account_card";
import { BankFeedChart } from "./chart";
import { BankFeedFigure } from "./figure";
import { BankFeedFirstSteps } from "./first_steps";
import { useNews } from "./news";
import { BankFeedImportAtWork, BankFeedTaskAtWork } from "./work";

const MODEL = "bank.feed.dashboard";
/** What a state is drawn with, so that color is not all that tells it. */
const ICONS = {
    pending: "fa-hourglass-half",
    processed: "fa-eye",
    error: "fa-exclamation-triangle",
    quarantined: "fa-ban",
    reconciled: "fa-check",
    duplicate: "fa-clone",
    ignored: "fa-minus-circle",
};

/** Every bank account, what happens to its transactions, and what waits for a person. */
export class BankFeedDashboard extends Component {
    static template = "account_bank_feed_dashboard.Dashboard";
    static components = {
        BankFeedAccountCard,
        BankFeedChart,
        BankFeedDropZone,
        BankFeedFigure,
        BankFeedFirstSteps,
        BankFeedImportAtWork,
        BankFeedTaskAtWork,
        Layout,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.layout = { controlPanel: {} };
        this.state = useState({
            /** The answers of the server; null until they are there. */
            cards: null,
            steps: false,
            work: null,
            waiting: null,
            period: null,
            chosen: this.props.state?.period || "30",
            mayUpload: false,
        });
        useSetupAction({ getLocalState: () => ({ period: this.state.chosen }) });
        onWillStart(async () => {
            this.state.mayUpload = await user.hasGroup("account_bank_feed.group_operator");
        });
        this.onHappened = useNews(
            () => this.load(),
            () => Boolean(this.state.work?.tasks.length)
        );
    }

    /** All parts at once; each is shown as soon as it is there. */
    async load() {
        await Promise.all([
            this.ask("cards").then((answer) => Object.assign(this.state, answer)),
            this.ask("work").then((answer) => (this.state.work = answer)),
            this.ask("waiting").then((answer) => (this.state.waiting = answer)),
            this.loadPeriod(),
        ]);
    }

    async loadPeriod() {
        const { chosen } = this.state;
        const answer = await this.ask("period", chosen);
        if (chosen === this.state.chosen) {
            this.state.period = answer;
        }
    }

    ask(method, ...args) {
        return this.orm.silent.call(MODEL, method, args);
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get periods() {
        return [
            ["7", _t("7 days")],
            ["30", _t("30 days")],
            ["90", _t("90 days")],
            ["month", _t("This month")],
            ["last_month", _t("Last month")],
            ["year", _t("This year")],
        ];
    }

    onPeriod(ev) {
        this.state.chosen = ev.target.value;
        return this.loadPeriod();
    }

    integer(value) {
        return formatInteger(value);
    }

    icon(state) {
        return ICONS[state];
    }

    get isAtWork() {
        const { work } = this.state;
        return work && (work.imports.length || work.tasks.length);
    }

    get hasMoved() {
        return Boolean(this.state.period.untouched.total.value);
    }

    percent(value) {
        return value === null ? "–" : `${value} %`;
    }

    formatMoney(value) {
        const { currency_id } = this.state.period.money;
        return formatCurrency(value, currency_id, { humanReadable: true });
    }

    get untouchedSeries() {
        const { points } = this.state.period.untouched;
        return [
            {
                label: _t("Untouched by hand"),
                values: points.map(({ share }) => share),
                color: "--primary",
            },
        ];
    }

    get moneySeries() {
        const { points } = this.state.period.money;
        return [
            { label: _t("In"), values: points.map((one) => one.in.value), color: "--success" },
            { label: _t("Out"), values: points.map((one) => one.out.value), color: "--danger" },
        ];
    }

    get untouchedLabel() {
        const { share, untouched, total } = this.state.period.untouched;
        return _t("Untouched by hand: %(untouched)s of %(total)s transactions, %(share)s", {
            untouched: untouched.value,
            total: total.value,
            share: this.percent(share),
        });
    }

    get moneyLabel() {
        const { money } = this.state.period;
        return _t("Money: %(coming)s in, %(going)s out", {
            coming: money.in.text,
            going: money.out.text,
        });
    }

    labels(points) {
        return points.map(({ label }) => label);
    }
}

registry.category("actions").add("account_bank_feed_dashboard.dashboard", BankFeedDashboard);
