import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { ENCODINGS } from "./draft";

/** The first text that the possible encodings read otherwise, each to be chosen. */
export class BankFeedReadings extends Component {
    static template = "account_bank_feed.Readings";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get readings() {
        const readings = this.props.record.data[this.props.name] || {};
        return Object.entries(readings).map(([encoding, text]) => ({
            encoding,
            text,
            label: ENCODINGS[encoding] || encoding,
        }));
    }

    async choose(encoding) {
        const { record } = this.props;
        await this.orm.call(record.resModel, "action_choose_encoding", [[record.resId], encoding]);
        await record.load();
    }
}

registry.category("fields").add("bank_feed_readings", {
    component: BankFeedReadings,
    supportedTypes: ["json"],
});
