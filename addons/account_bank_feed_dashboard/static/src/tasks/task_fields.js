import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useEffect, useState } from "@odoo/owl";

import { resultOf } from "./task_news";

const AT_WORK = ["waiting", "running"];

/** How far a background task is, up to date by itself. */
export class TaskProgress extends Component {
    static template = "account_bank_feed_dashboard.TaskProgress";
    static props = { ...standardFieldProps };

    setup() {
        const listen = useService("bank_feed_task_news");
        this.news = useState({ task: null });
        useEffect(
            (id) => {
                this.news.task = null;
                return id ? listen((task) => task.id === id && this.onNews(task)) : undefined;
            },
            () => [this.props.record.resId]
        );
    }

    get isAtWork() {
        return AT_WORK.includes(this.props.record.data.state);
    }

    get share() {
        const { task } = this.news;
        if (!task) {
            return this.props.record.data.progress;
        }
        return task.total ? Math.floor(((task.done + task.failed) * 100) / task.total) : 0;
    }

    get text() {
        return this.news.task ? resultOf(this.news.task) : this.props.record.data[this.props.name];
    }

    get label() {
        return _t("Progress");
    }

    onNews(task) {
        this.news.task = task;
        if (task.state !== this.props.record.data.state) {
            this.props.record.load();
        }
    }
}

registry.category("fields").add("bank_feed_task_progress", {
    component: TaskProgress,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "progress", type: "integer" },
    ],
});

/** What failed and why, each with the way to it. */
export class TaskFailures extends Component {
    static template = "account_bank_feed_dashboard.TaskFailures";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get failures() {
        return this.props.record.data[this.props.name] || [];
    }

    open(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.props.record.data.model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("bank_feed_failures", {
    component: TaskFailures,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "model", type: "char" }],
});
