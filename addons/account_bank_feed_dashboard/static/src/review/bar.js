import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Component, onMounted, useRef, useState } from "@odoo/owl";

import { Finder } from "./finder";

/** What is asked above the transaction, in one line: why undo, or who is to decide. */
export class Bar extends Component {
    static template = "account_bank_feed_dashboard.ReviewBar";
    static components = { Finder };
    static props = { model: Object };

    setup() {
        this.orm = useService("orm");
        this.model = useState(this.props.model);
        this.reason = useRef("reason");
        this.usual = _t("Decided by mistake");
        onMounted(() => this.reason.el?.select());
    }

    /** The ticked ones, or the one that is looked at. */
    get ids() {
        const { checked } = this.model.queue;
        return checked.size ? [...checked] : [this.model.selectedId];
    }

    get decision() {
        return this.model.undoable;
    }

    undo() {
        this.model.undo(this.reason.el.value.trim() || this.usual);
    }

    onReasonKey(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.undo();
        }
    }

    async searchPeople(text) {
        this.people ||= await this.orm.silent.call("bank.transaction", "review_people", [
            this.ids.slice(0, 1),
        ]);
        const wanted = text.toLowerCase();
        const found = this.people.filter(({ name }) => name.toLowerCase().includes(wanted));
        return wanted ? found : [...found, { id: 0, name: _t("Nobody") }];
    }

    assign(person) {
        return this.model.assign(this.ids, person.id ? person : null);
    }

    close() {
        this.model.bar = null;
    }
}
