/*
 * The arithmetic of parts: plain functions of plain values.
 *
 * Amounts have the sign of the transaction: a customer who pays 100 is +100, and an invoice of
 * which 100 is open is +100, too. They are floats, rounded to the digits of their currency.
 */

export function round(value, digits = 2) {
    const factor = 10 ** digits;
    const rounded = Math.round((Math.abs(value) + Number.EPSILON) * factor) / factor;
    return rounded === 0 ? 0 : Math.sign(value) * rounded;
}

export function sum(parts, digits) {
    return round(
        parts.reduce((total, part) => total + (part.amount || 0), 0),
        digits
    );
}

/** What no part says yet. */
export function remaining(total, parts, digits) {
    return round(total - sum(parts, digits), digits);
}

/**
 * How much of an open item a payment settles, of which `left` is not spoken for.
 *
 * What has the other sign (a credit note beside an invoice) is set off as a whole; and what is
 * added when nothing is left is taken whole, so that a person sees by how much it is too much.
 *
 * @param {number} residual what is open on the item
 * @param {number} left
 */
export function amountFor(residual, left, digits) {
    if (!left || residual * left < 0) {
        return round(residual, digits);
    }
    return round(Math.sign(left) * Math.min(Math.abs(residual), Math.abs(left)), digits);
}

/** What stays open on the item of a part. */
export function leftOpen(part, digits) {
    const settled = part.isForeign ? part.itemAmount : part.amount;
    const left = round(part.item.residual - settled, digits);
    return left * part.item.residual > 0 ? left : 0;
}

/**
 * The parts with their amounts brought up to date: the part that takes the rest takes it, and
 * items that were cut short because nothing was left get more once there is.
 *
 * Amounts that a person typed stay as they are.
 */
export function settled(total, parts, digits) {
    const after = parts.map((part) => ({ ...part }));
    const rest = after.findLast((part) => part.isRest);
    if (rest) {
        rest.amount = 0;
    }
    for (const part of after) {
        const left = remaining(total, after, digits);
        if (part.kind === "item" && !part.isEdited && !part.isForeign && left * part.amount > 0) {
            const missing = round(part.item.residual - part.amount, digits);
            if (missing * left > 0) {
                part.amount = round(part.amount + amountFor(missing, left, digits), digits);
            }
        }
    }
    if (rest) {
        rest.amount = remaining(total, after, digits);
    }
    return after;
}

/** Whether a part says all that it has to. */
export function isComplete(part) {
    if (!part.amount) {
        return false;
    }
    return part.kind === "item" || Boolean(part.kind === "open" ? part.partner : part.account);
}

/** Whether the parts can be booked. */
export function isWhole(total, parts, digits) {
    return Boolean(parts.length) && parts.every(isComplete) && !remaining(total, parts, digits);
}

/** A part as the server wants it. */
export function asProposed(part) {
    if (part.kind === "item") {
        const foreign = part.isForeign ? { item_amount: part.itemAmount } : {};
        return { item_id: part.item.id, amount: part.amount, ...foreign };
    }
    if (part.kind === "open") {
        return { partner_id: part.partner.id, amount: part.amount, open: true };
    }
    return {
        account_id: part.account.id,
        amount: part.amount,
        ...(part.label ? { label: part.label } : {}),
        tax_ids: part.taxes.map(({ id }) => id),
    };
}

/** Parts that are bookings to accounts only, as shares in percent that fit any amount. */
export function asShares(total, parts) {
    if (!parts.length || !parts.every((part) => part.kind === "account")) {
        return null;
    }
    return parts.map((part) => {
        const { amount, ...booking } = asProposed(part);
        return { ...booking, share: (amount / total) * 100 };
    });
}

/**
 * An amount as a person typed it: without a sign, it has that of what stood there before.
 *
 * @param {string} text
 * @param {number} parsed what the text says
 * @param {number} like
 */
export function withSign(text, parsed, like) {
    return /^\s*[-+=]/.test(text) || like >= 0 ? parsed : -parsed;
}
