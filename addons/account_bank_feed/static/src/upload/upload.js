import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component } from "@odoo/owl";

import { BankFeedDropZone } from "./drop_zone";

/** The drop zone as a page of its own, or as a dialog over the journal that it is for. */
export class BankFeedUpload extends Component {
    static template = "account_bank_feed.Upload";
    static components = { BankFeedDropZone, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.params = this.props.action.params || {};
        this.layout = { controlPanel: this.env.inDialog ? false : {} };
    }
}

registry.category("actions").add("account_bank_feed.upload", BankFeedUpload);
