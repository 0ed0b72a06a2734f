import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatCurrency } from "@web/core/currency";
import { formatFloat } from "@web/core/utils/numbers";
import { parseMonetary } from "@web/views/fields/parsers";

import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";

import { leftOpen, withSign } from "./amounts";
import { Finder, SHOWN } from "./finder";

const MODEL = "bank.transaction";
/** A preview is worked out once nobody has typed for so long, in milliseconds. */
const PAUSE = 300;

/** Says in parts what the transaction is: open items, accounts, what stays open. */
export class Parts extends Component {
    static template = "account_bank_feed_dashboard.ReviewParts";
    static components = { Finder };
    static props = { model: Object, offers: Object, screen: Object };

    setup() {
        this.orm = useService("orm");
        this.model = useState(this.props.model);
        this.root = useRef("root");
        this.previewSoon = useDebounced(() => this.model.preview(), PAUSE);
        this.props.offers.focusSearch = () => this.focusSearch();
        onWillUnmount(() => delete this.props.offers.focusSearch);
        useEffect(
            () => this.onNewPart(),
            () => [this.draft?.lastKey]
        );
        useEffect(
            (proposal) => {
                if (proposal) {
                    this.previewSoon();
                }
            },
            () => [JSON.stringify(this.draft?.proposal || null)]
        );
    }

    get draft() {
        return this.model.draft;
    }

    get currencyId() {
        return this.model.transaction.currency_id;
    }

    get isWhole() {
        return this.draft.isWhole;
    }

    get remaining() {
        return this.money(this.draft.remaining);
    }

    /** What would be written off: the rest, or what a payment that is too small leaves open. */
    get writeOff() {
        const { remaining, cutShort } = this.draft;
        return remaining ? this.remaining : this.left(cutShort);
    }

    money(amount, currencyId = this.currencyId) {
        return formatCurrency(amount, currencyId);
    }

    amountText(amount) {
        return formatFloat(amount || 0, { digits: [16, this.draft.digits] });
    }

    due(item) {
        return item.due ? formatDate(deserializeDate(item.due)) : "";
    }

    left(part) {
        const left = leftOpen(part, this.draft.digits);
        return left ? this.money(left, part.item.currency_id) : "";
    }

    withoutLabel(tax) {
        return _t("Without %s", tax.name);
    }

    /** The field to go on with: the account or partner that is missing, else the search. */
    onNewPart() {
        const missing = this.root.el?.querySelector(".o_bank_feed_missing input[role=combobox]");
        missing ? missing.focus() : this.focusSearch();
    }

    focusSearch() {
        this.root.el?.querySelector(".o_bank_feed_item_search input").focus();
    }

    // ------------------------------------------------------------------
    // Searches
    // ------------------------------------------------------------------

    /** One more than is shown: so the list knows that there are more. */
    call(method, text) {
        return this.orm.silent.call(MODEL, method, [[this.model.selectedId], text, SHOWN + 1]);
    }

    async searchItems(text) {
        const items = await this.call("review_search", text);
        return items.filter(({ id }) => !this.draft?.itemIds.includes(id));
    }

    /** Of a rest that is written off, the accounts for rests come first. */
    searchAccounts(text) {
        const [part] = this.draft?.itemIds.length
            ? this.draft.parts.filter(({ kind, account }) => kind === "account" && !account)
            : [];
        const args = [[this.model.selectedId], text, SHOWN + 1, part?.amount || 0];
        return this.orm.silent.call(MODEL, "review_accounts", args);
    }

    searchTaxes(text) {
        return this.call("review_taxes", text);
    }

    async searchPartners(text) {
        const found = await this.orm.silent.call("res.partner", "name_search", [], {
            name: text,
            limit: SHOWN + 1,
        });
        return found.map(([id, name]) => ({ id, name }));
    }

    // ------------------------------------------------------------------
    // Changes
    // ------------------------------------------------------------------

    addItem(item) {
        this.draft.addItem(item, this.currencyId);
    }

    setAccount(part, account) {
        this.draft.change(part.key, { account, taxes: account.tax_ids || [] });
        this.focusIn(part, ".o_bank_feed_label");
    }

    setPartner(part, partner) {
        this.draft.change(part.key, { partner });
        this.focusIn(part, ".o_bank_feed_part_amount");
    }

    addTax(part, tax) {
        const taxes = [...part.taxes.filter(({ id }) => id !== tax.id), tax];
        this.draft.change(part.key, { taxes });
    }

    removeTax(part, tax) {
        this.draft.change(part.key, { taxes: part.taxes.filter(({ id }) => id !== tax.id) });
    }

    setLabel(part, ev) {
        this.draft.change(part.key, { label: ev.target.value.trim() });
    }

    setAmount(part, ev) {
        const amount = this.parse(ev.target.value, part.amount);
        if (amount !== null) {
            this.draft.setAmount(part.key, amount);
        }
        const changed = this.draft.parts.find(({ key }) => key === part.key);
        ev.target.value = this.amountText(changed.amount);
    }

    setItemAmount(part, ev) {
        const itemAmount = this.parse(ev.target.value, part.item.residual);
        if (itemAmount !== null) {
            this.draft.change(part.key, { itemAmount });
        }
    }

    parse(text, like) {
        try {
            return withSign(text, parseMonetary(text), like);
        } catch {
            return null; // no number: what was there stays
        }
    }

    remove(part) {
        this.draft.remove(part.key);
        this.focusSearch();
    }

    /** Enter in a field that has nothing of its own to take: book, if all is said. */
    onEnter(ev) {
        if (ev) {
            ev.preventDefault();
            ev.stopPropagation();
            ev.target.dispatchEvent(new Event("change", { bubbles: true }));
        }
        if (this.isWhole) {
            this.root.el.focus();
            this.model.book();
        }
    }

    focusIn(part, selector) {
        setTimeout(() => {
            this.root.el?.querySelector(`[data-part='${part.key}'] ${selector}`)?.focus();
        });
    }
}
