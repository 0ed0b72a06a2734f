import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";

/** As many transactions are loaded at a time. */
export const PAGE = 40;

export const ORDERS = {
    newest: { label: _t("Newest first"), order: "booking_date desc, ledger_order desc, id desc" },
    oldest: { label: _t("Oldest first"), order: "booking_date, ledger_order, id" },
    surest: { label: _t("Best candidates first"), order: "score desc, booking_date desc, id desc" },
};

const NAMED = { fields: { display_name: {} } };
const SPECIFICATION = {
    booking_date: {},
    counterparty_name: {},
    remittance: {},
    amount: {},
    currency_id: {},
    state: {},
    best_score: {},
    assigned_user_id: NAMED,
};

/**
 * The transactions that wait, as rows: what is loaded, what was decided here and is gone, and
 * how many there are beyond.
 */
export class QueueModel {
    constructor(orm) {
        this.orm = orm;
        this.rows = [];
        this.beyond = 0;
        this.gone = new Set();
        this.checked = new Set();
        this.sort = "newest";
        this.isLoading = false;
        this.isLoaded = false;
        this.turn = 0;
    }

    /** How many wait, as far as this screen knows. */
    get left() {
        return this.rows.length + this.beyond;
    }

    get ids() {
        return this.rows.map(({ id }) => id);
    }

    row(id) {
        return this.rows.find((row) => row.id === id);
    }

    indexOf(id) {
        return this.rows.findIndex((row) => row.id === id);
    }

    /** Load the first of what the search finds. */
    async load({ domain, context, orderBy }) {
        Object.assign(this, { domain, context, orderBy });
        const turn = ++this.turn;
        this.isLoading = true;
        const found = await this._search([], PAGE);
        if (turn !== this.turn) {
            return;
        }
        this.rows = found.records.filter(({ id }) => !this.gone.has(id));
        this.beyond = Math.max(0, found.length - found.records.length);
        this.checked = new Set([...this.checked].filter((id) => this.row(id)));
        this.isLoading = false;
        this.isLoaded = true;
    }

    /** Load what comes after it. What came in meanwhile is among it, wherever it belongs. */
    async loadMore() {
        if (this.isLoading || !this.beyond) {
            return;
        }
        const turn = this.turn;
        this.isLoading = true;
        try {
            await this._append(turn);
        } finally {
            this.isLoading = false;
        }
    }

    /**
     * Others have changed something. Rows stay where they are: those that wait no longer leave,
     * but for the one that somebody looks at.
     *
     * @param {number | null} looksAt
     */
    async refresh(looksAt) {
        if (this.isLoading || !this.isLoaded) {
            return;
        }
        const turn = this.turn;
        const known = this.ids;
        const found = known.length
            ? await this._search([["id", "in", known]], known.length)
            : { records: [] };
        if (turn !== this.turn) {
            return;
        }
        const present = Object.fromEntries(found.records.map((row) => [row.id, row]));
        this.rows = this.rows
            .filter(({ id }) => present[id] || id === looksAt || !known.includes(id))
            .map((row) => present[row.id] || row);
        await this._append(turn, this.rows.length < PAGE ? PAGE : 0);
    }

    /** They are decided. Those that were not loaded yet are so, too. */
    remove(ids) {
        const loaded = ids.filter((id) => this.row(id)).length;
        this.beyond = Math.max(0, this.beyond - (ids.length - loaded));
        ids.forEach((id) => {
            this.gone.add(id);
            this.checked.delete(id);
        });
        this.rows = this.rows.filter(({ id }) => !ids.includes(id));
    }

    /** They are there again, on top, where they are seen. */
    putBack(rows) {
        const ids = rows.map(({ id }) => id);
        ids.forEach((id) => this.gone.delete(id));
        this.rows = [...rows, ...this.rows.filter(({ id }) => !ids.includes(id))];
    }

    /** Those ids are shown again, as the server knows them now. */
    async bringBack(ids) {
        const { records } = await this.orm.silent.webSearchRead(
            "bank.transaction",
            [["id", "in", ids]],
            { specification: SPECIFICATION, context: this.context }
        );
        this.putBack(records);
    }

    toggle(id) {
        this.checked.has(id) ? this.checked.delete(id) : this.checked.add(id);
        this.lastToggled = id;
    }

    /** From the one that was ticked last up to this one, all become what this one becomes. */
    toggleRange(id) {
        const ends = [this.indexOf(id), this.indexOf(this.lastToggled ?? id)];
        const [from, to] = [Math.min(...ends), Math.max(...ends)];
        const isOn = !this.checked.has(id);
        for (const row of this.rows.slice(Math.max(from, 0), to + 1)) {
            isOn ? this.checked.add(row.id) : this.checked.delete(row.id);
        }
        this.lastToggled = id;
    }

    get order() {
        const terms = (this.orderBy || []).map(({ name, asc }) => `${name}${asc ? "" : " desc"}`);
        return terms.length ? [...terms, "id desc"].join(", ") : ORDERS[this.sort].order;
    }

    async _append(turn, limit = PAGE) {
        const known = [...new Set([...this.ids, ...this.gone])];
        const found = await this._search([["id", "not in", known]], limit || 1);
        if (turn !== this.turn) {
            return;
        }
        const records = limit ? found.records.filter(({ id }) => !this.row(id)) : [];
        this.rows = [...this.rows, ...records.filter(({ id }) => !this.gone.has(id))];
        this.beyond = Math.max(0, found.length - records.length);
    }

    _search(also, limit) {
        return this.orm.silent.webSearchRead(
            "bank.transaction",
            Domain.and([this.domain, also]).toList(),
            {
                specification: SPECIFICATION,
                limit,
                order: this.order,
                context: this.context,
            }
        );
    }
}
