import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

const AT_WORK = { color: "bg-info-subtle text-info-emphasis", icon: "fa-hourglass-half" };
const GOOD = { color: "bg-success-subtle text-success-emphasis", icon: "fa-check" };
const WAITS = { color: "bg-warning-subtle text-warning-emphasis", icon: "fa-pause" };
const BAD = { color: "bg-danger-subtle text-danger-emphasis", icon: "fa-exclamation-triangle" };
const ASIDE = { color: "text-bg-secondary", icon: "fa-ban" };

/** How each state looks: of transactions, imports, statements, batches, tasks, connections and feeds. */
export const STATE_CHIPS = {
    pending: AT_WORK,
    processed: { color: "bg-warning-subtle text-warning-emphasis", icon: "fa-eye" },
    reconciled: GOOD,
    error: BAD,
    duplicate: { color: "text-bg-secondary", icon: "fa-clone" },
    ignored: ASIDE,
    quarantined: WAITS,
    received: AT_WORK,
    unconfirmed: { color: "bg-warning-subtle text-warning-emphasis", icon: "fa-question" },
    processing: AT_WORK,
    done: GOOD,
    refused: BAD,
    failed: BAD,
    removed: ASIDE,
    set_aside: ASIDE,
    read: AT_WORK,
    admitted: AT_WORK,
    closed: GOOD,
    waiting: AT_WORK,
    running: { color: "bg-info-subtle text-info-emphasis", icon: "fa-cog" },
    cancelled: ASIDE,
    draft: { color: "text-bg-secondary", icon: "fa-circle-o" },
    connected: GOOD,
    expired: { color: "bg-warning-subtle text-warning-emphasis", icon: "fa-clock-o" },
    disconnected: ASIDE,
    active: GOOD,
    paused: WAITS,
    off: ASIDE,
    reading: AT_WORK,
    fetched: GOOD,
    dead: BAD,
};

/** A state as a chip: icon and word, so that its colour means nothing alone. */
export class StateChip extends Component {
    static template = "account_bank_feed.StateChip";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get word() {
        const { selection } = this.props.record.fields[this.props.name];
        return selection.find(([value]) => value === this.value)?.[1] || "";
    }

    get chip() {
        return STATE_CHIPS[this.value] || ASIDE;
    }
}

registry.category("fields").add("bank_feed_state", {
    component: StateChip,
    supportedTypes: ["selection"],
});
