import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

/**
 * Carries out decisions one after the other, in the order in which they were made, while the
 * person who made them goes on.
 *
 * A decision is `{ ids, title, method, args }`: the transactions it is about, what to call
 * them, and the method of `bank.transaction` that carries it out.
 */
export class Decisions {
    /** @param {(method: string, args: any[]) => Promise<any>} call */
    constructor(call) {
        this.call = call;
        this.waiting = [];
        this.running = null;
        this.listeners = new Set();
        this.lastKey = 0;
        this.isLost = () => {};
    }

    /** How many are not carried out yet. */
    get pending() {
        return this.waiting.length + (this.running ? 1 : 0);
    }

    /**
     * @param {{onDone: (decision, result) => void, onFailed: (decision, message) => void}} listener
     * @returns {() => void} ends it
     */
    listen(listener) {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** @returns {Promise<any>} what the server answers; it never fails: listeners hear of errors */
    add(decision) {
        decision.key = ++this.lastKey;
        const promise = new Promise((resolve) => this.waiting.push({ decision, resolve }));
        this._next();
        return promise;
    }

    /** @returns {boolean} whether it was not begun, and is gone */
    cancel({ key }) {
        const index = this.waiting.findIndex(({ decision }) => decision.key === key);
        if (index === -1) {
            return false;
        }
        const [{ resolve }] = this.waiting.splice(index, 1);
        resolve(null);
        return true;
    }

    /** Resolves as soon as nothing is left to be carried out. */
    async whenIdle() {
        while (this.running) {
            await this.running.promise;
        }
    }

    _next() {
        if (!this.running && this.waiting.length) {
            const next = this.waiting.shift();
            this.running = next;
            next.promise = this._run(next);
        }
    }

    async _run({ decision, resolve }) {
        let result = null;
        let failure = null;
        try {
            result = await this.call(decision.method, decision.args);
        } catch (error) {
            failure = messageOf(error);
        }
        this.running = null;
        this._next();
        if (failure === null) {
            this._tell("onDone", decision, result);
        } else if (!this._tell("onFailed", decision, failure)) {
            this.isLost(decision, failure);
        }
        resolve(result);
    }

    _tell(name, ...args) {
        for (const listener of [...this.listeners]) {
            listener[name](...args);
        }
        return this.listeners.size;
    }
}

/** What the server said, or why nobody knows. */
export function messageOf(error) {
    const isLost = error.name === "ConnectionLostError" || error.event === "CONNECTION_LOST";
    if (isLost) {
        return _t("The connection is lost. Try again once it is there.");
    }
    return error.data?.message || error.message || String(error);
}

/** They outlive the screen: who leaves it at once has decided all the same. */
export const decisionsService = {
    dependencies: ["orm", "notification"],
    start(env, { orm, notification }) {
        const decisions = new Decisions((method, args) =>
            orm.silent.call("bank.transaction", method, args)
        );
        decisions.isLost = ({ title }, message) =>
            notification.add(message, { title, type: "danger", sticky: true });
        return decisions;
    },
};

registry.category("services").add("bank_feed_decisions", decisionsService);
