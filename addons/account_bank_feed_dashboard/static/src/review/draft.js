import * as amounts from "./amounts";

/** The candidate that is chosen unless somebody chooses another one: none that is unlikely. */
export function bestOf({ suggestions }) {
    const best = suggestions.find(({ obstacle }) => !obstacle);
    return best?.is_likely ? best : null;
}

/**
 * What a person says in parts about one transaction, as long as it is not booked.
 *
 * A part is `{ key, kind, amount, isEdited, isRest, ... }`, where the kind is "item" (with the
 * open `item`), "account" (with `account`, `label`, `taxes`) or "open" (with the `partner` on
 * whose account it stays open).
 */
export class Draft {
    constructor(total, digits) {
        this.total = total;
        this.digits = digits;
        this.parts = [];
        this.lastKey = 0;
    }

    get remaining() {
        return amounts.remaining(this.total, this.parts, this.digits);
    }

    get isWhole() {
        return amounts.isWhole(this.total, this.parts, this.digits);
    }

    get proposal() {
        return this.isWhole ? { parts: this.parts.map(amounts.asProposed) } : null;
    }

    get itemIds() {
        return this.parts.filter(({ kind }) => kind === "item").map(({ item }) => item.id);
    }

    addItem(item, currencyId) {
        if (this.itemIds.includes(item.id)) {
            return null;
        }
        const isForeign = item.currency_id !== currencyId;
        const left = this._beforeRest();
        const amount = isForeign ? left : amounts.amountFor(item.residual, left, this.digits);
        const foreign = isForeign ? { isForeign, itemAmount: item.residual } : {};
        return this._add({ kind: "item", item, amount, ...foreign });
    }

    /** Whether something is left that could be written off, or stay open. */
    get hasRest() {
        return Boolean(this.remaining || this.cutShort);
    }

    /** The last item of which the payment settles a part only. */
    get cutShort() {
        return this.parts.findLast(
            (part) => part.kind === "item" && amounts.leftOpen(part, this.digits)
        );
    }

    /** What is left goes to an account; if a payment was too small, what it left open does. */
    addAccount() {
        if (this.parts.length && !this.remaining && this.cutShort) {
            const { key, item } = this.cutShort;
            this.setAmount(key, item.residual);
        }
        return this._addRest({ kind: "account", account: null, label: "", taxes: [] });
    }

    addOpen(partner) {
        return this._addRest({ kind: "open", partner: partner || null });
    }

    remove(key) {
        this._become(this.parts.filter((part) => part.key !== key));
    }

    change(key, values) {
        this._become(this.parts.map((part) => (part.key === key ? { ...part, ...values } : part)));
    }

    setAmount(key, amount) {
        this.change(key, {
            amount: amounts.round(amount, this.digits),
            isEdited: true,
            isRest: false,
        });
    }

    /** What a new item may take: all but what others than the rest have. */
    _beforeRest() {
        const others = this.parts.filter(({ isRest }) => !isRest);
        return amounts.remaining(this.total, others, this.digits);
    }

    _addRest(part) {
        const parts = this.parts.map((each) => ({ ...each, isRest: false }));
        this.parts = parts;
        return this._add({ ...part, isRest: true, amount: this.remaining });
    }

    _add(part) {
        const added = { key: ++this.lastKey, isEdited: false, isRest: false, ...part };
        this._become([...this.parts, added]);
        return added.key;
    }

    _become(parts) {
        this.parts = amounts.settled(this.total, parts, this.digits);
    }
}
