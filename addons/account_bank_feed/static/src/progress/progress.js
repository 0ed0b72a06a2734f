import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useEffect, useState } from "@odoo/owl";

const AT_WORK = ["received", "processing"];
/** How often the whole record is read again meanwhile, in milliseconds: its counts move too. */
const RELOAD_EVERY = 10000;

/** How far an import is, up to date by itself until it is finished. */
export class BankFeedProgress extends Component {
    static template = "account_bank_feed.Progress";
    static props = { ...standardFieldProps };

    setup() {
        this.watch = useService("bank_feed_watch");
        this.news = useState({ row: null });
        useEffect(
            (id, isAtWork) => {
                this.news.row = null;
                this.loadedAt = Date.now();
                if (id && isAtWork) {
                    return this.watch(id, (row) => this.onNews(row));
                }
            },
            () => [this.record.resId, this.isAtWork]
        );
    }

    get record() {
        return this.props.record;
    }

    get isAtWork() {
        return AT_WORK.includes(this.record.data.state);
    }

    get shown() {
        return this.news.row || this.record.data;
    }

    get text() {
        return this.shown[this.props.name];
    }

    /** Nothing while it is not known how much there is to do. */
    get share() {
        return this.shown.progress_share;
    }

    get label() {
        return _t("Progress");
    }

    onNews(row) {
        const isNew = row.state !== this.record.data.state;
        if (isNew || Date.now() - this.loadedAt > RELOAD_EVERY) {
            this.loadedAt = Date.now();
            this.record.load();
        }
        if (AT_WORK.includes(row.state)) {
            this.news.row = row;
        }
    }
}

registry.category("fields").add("bank_feed_progress", {
    component: BankFeedProgress,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "progress_share", type: "integer" },
    ],
});
