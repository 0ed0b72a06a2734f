import { useService } from "@web/core/utils/hooks";

import { Component, useEffect, useState } from "@odoo/owl";

const AT_WORK = ["received", "processing"];

/** How far one file is, up to date by itself; how fast it goes and how long it will take. */
export class BankFeedImportAtWork extends Component {
    static template = "account_bank_feed_dashboard.AtWork";
    static props = { job: Object, onFinished: Function };

    setup() {
        this.watch = useService("bank_feed_watch");
        this.action = useService("action");
        this.news = useState({ row: null });
        useEffect(
            (id) => this.watch(id, (row) => this.onNews(row)),
            () => [this.props.job.id]
        );
    }

    get model() {
        return "bank.import";
    }

    get text() {
        const { row } = this.news;
        return (row ? row.progress_text : this.props.job.text) || "";
    }

    get share() {
        const { row } = this.news;
        return row ? row.progress_share : this.props.job.share;
    }

    onNews(row) {
        if (AT_WORK.includes(row.state)) {
            this.news.row = row;
        } else {
            this.props.onFinished();
        }
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.model,
            res_id: this.props.job.id,
            views: [[false, "form"]],
        });
    }
}

/** How far a bulk action in the background is. */
export class BankFeedTaskAtWork extends Component {
    static template = "account_bank_feed_dashboard.AtWork";
    static props = { job: Object };

    setup() {
        this.action = useService("action");
    }

    get model() {
        return "bank.feed.task";
    }

    get text() {
        return this.props.job.text;
    }

    get share() {
        return this.props.job.share;
    }

    open() {
        return BankFeedImportAtWork.prototype.open.call(this);
    }
}
