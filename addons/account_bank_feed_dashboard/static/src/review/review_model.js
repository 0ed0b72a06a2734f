import { _t } from "@web/core/l10n/translation";
import { getCurrency } from "@web/core/currency";
import { delay } from "@web/core/utils/concurrency";

import { asShares } from "./amounts";
import { messageOf } from "./decisions";
import { bestOf, Draft } from "./draft";
import { QueueModel } from "./queue_model";

const MODEL = "bank.transaction";
/** So many of those that come next are read before they are needed. */
const AHEAD = 2;
/** A second Enter so soon after the first was not meant for the next transaction. In ms. */
const TOO_SOON = 200;
/** For what somebody skips so soon, nothing is worked out. In ms. */
const RUSHED = 80;

/**
 * What the review screen knows and does: which transaction is looked at, what is proposed for
 * it, and what was decided. Components show it, and change it through its methods only.
 *
 * To be used through `useState`, so that those who show it notice its changes.
 */
export class ReviewModel {
    constructor({ orm, decisions, notify, state = {} }) {
        this.orm = orm;
        this.decisions = decisions;
        this.notify = notify;
        this.queue = new QueueModel(orm);
        this.selectedId = state.selectedId || null;
        this.decided = state.decided || 0;
        this.stack = state.stack || [];
        this.queue.sort = state.sort || "newest";
        this.isOpen = Boolean(state.isOpen); // on a narrow screen: the transaction, not the queue
        this.reads = {}; // id -> what review_read says
        this.previews = {}; // proposal -> what review_preview says
        this.trials = {}; // proposal -> the preview that is on its way
        this.isWaiting = false; // Enter was pressed, and the preview is not there yet
        this.choices = {}; // id -> id of the chosen suggestion
        this.drafts = {}; // id -> Draft
        this.problems = {}; // id -> why the decision failed
        this.alike = {}; // id -> what review_alike says
        this.comments = {}; // id -> what review_comments says
        this.bar = null; // what is asked at the top: "undo" or "assign"
        this.said = ""; // for screen readers
        this.pending = 0;
        this.decidedAt = 0;
    }

    /** What is kept while another screen is opened. */
    get kept() {
        const { selectedId, decided, stack, isOpen } = this;
        return { selectedId, decided, stack, isOpen, sort: this.queue.sort };
    }

    // ------------------------------------------------------------------
    // Which transaction is looked at
    // ------------------------------------------------------------------

    get transaction() {
        return this.reads[this.selectedId] || null;
    }

    get row() {
        return this.queue.row(this.selectedId) || null;
    }

    get isEmpty() {
        return this.queue.isLoaded && !this.queue.left && !this.transaction && !this.bar;
    }

    /** @param {Object} search domain, context and order */
    async load(search) {
        await this.queue.load(search);
        if (!this.row) {
            this.select(this.queue.ids[0] || null, { open: false });
        } else {
            this.select(this.selectedId, { open: this.isOpen });
        }
    }

    select(id, { open = true } = {}) {
        this.selectedId = id;
        this.bar = null;
        this.isOpen = Boolean(open && id);
        if (id) {
            this._show(id);
        }
    }

    /** @param {1 | -1} step to the next or the one before; stays where there is none */
    move(step) {
        const { ids } = this.queue;
        const index = this.queue.indexOf(this.selectedId) + step;
        if (ids[index]) {
            this.select(ids[index], { open: this.isOpen });
        }
        if (index >= ids.length - AHEAD) {
            this.queue.loadMore();
        }
    }

    /** The transaction, then what comes next, before somebody asks for it. */
    async _show(id) {
        await this.read([id]);
        if (this.selectedId !== id) {
            return;
        }
        this._readAhead(id);
        await delay(RUSHED);
        if (this.selectedId === id) {
            this.preview();
            this._countAlike(id);
            this._readComments(id);
        }
    }

    async _readAhead(id) {
        const { next } = this;
        await this.read(next);
        await this.decisions.whenIdle(); // a trial would wait for what is being booked
        if (next.length && this.selectedId === id) {
            await this.preview(next[0]);
        }
    }

    /** @param {{again?: boolean}} options whether what is known is asked again */
    async read(ids, { again = false } = {}) {
        const wanted = ids.filter((id) => again || !this.reads[id]);
        if (!wanted.length) {
            return;
        }
        const found = await this.orm.silent.call(MODEL, "review_read", [wanted]);
        for (const each of found) {
            this.reads[each.id] = each;
            if (!each.suggestions.some(({ id }) => id === this.choices[each.id])) {
                this.choices[each.id] = bestOf(each)?.id || null;
            }
        }
    }

    async _countAlike(id) {
        if (!this.alike[id] && this.transaction?.can.decide) {
            this.alike[id] = await this.orm.silent.call(MODEL, "review_alike", [[id]]);
        }
    }

    async _readComments(id) {
        if (this.reads[id]?.messages) {
            this.comments[id] = await this.orm.silent.call(MODEL, "review_comments", [[id]]);
        }
    }

    /** It was changed on another screen, or by somebody else. */
    async readAgain(id = this.selectedId) {
        if (!id) {
            return;
        }
        this.previews = {};
        delete this.alike[id];
        await this.read([id], { again: true });
        await this._show(id);
    }

    /** Others have changed something; what somebody looks at stays where it is. */
    async refresh() {
        await this.decisions.whenIdle();
        await this.queue.refresh(this.selectedId);
        const wanted = [this.selectedId, ...this.next].filter(Boolean);
        for (const id of Object.keys(this.reads).map(Number)) {
            if (!wanted.includes(id)) {
                delete this.reads[id];
                delete this.alike[id];
            }
        }
        this.previews = {};
        await this.read(wanted, { again: true });
        if (!this.selectedId) {
            this.select(this.queue.ids[0] || null, { open: false });
        } else {
            await this._show(this.selectedId);
        }
    }

    /** Those that come next. */
    get next() {
        const index = this.queue.indexOf(this.selectedId);
        return this.queue.ids.slice(index + 1, index + 1 + AHEAD);
    }

    // ------------------------------------------------------------------
    // What is proposed for it
    // ------------------------------------------------------------------

    get suggestion() {
        const chosen = this.choices[this.selectedId];
        return this.transaction?.suggestions.find(({ id }) => id === chosen) || null;
    }

    /** Whose payment it is: of the chosen candidate, as the bank tells, or of all candidates. */
    get likelyPartner() {
        const { suggestion, transaction } = this;
        const known = suggestion?.partner || transaction?.partner;
        if (known || !transaction) {
            return known || null;
        }
        const [first, ...others] = transaction.suggestions.map(({ partner }) => partner);
        return first && others.every((other) => other?.id === first.id) ? first : null;
    }

    get draft() {
        return this.drafts[this.selectedId] || null;
    }

    get digits() {
        return getCurrency(this.transaction?.currency_id)?.digits?.[1] ?? 2;
    }

    /** @param {number} rank from 1, as the candidates are numbered on the screen */
    choose(rank) {
        const suggestion = this.transaction?.suggestions[rank - 1];
        if (suggestion) {
            this.closeDraft();
            this.choices[this.selectedId] = suggestion.id;
            this.preview();
        }
    }

    /** Say it in parts. @returns {Draft} */
    openDraft() {
        const { transaction } = this;
        if (!this.draft) {
            this.drafts[transaction.id] = new Draft(transaction.amount, this.digits);
        }
        return this.draft;
    }

    /** The chosen candidate in parts, so that they can be changed. */
    draftOfSuggestion() {
        const { suggestion, transaction } = this;
        const draft = this.openDraft();
        for (const item of suggestion?.items || []) {
            draft.addItem(item, transaction.currency_id);
        }
        return draft;
    }

    closeDraft() {
        delete this.drafts[this.selectedId];
    }

    /** What `review_accept` would get for it, or null while nothing can be booked. */
    proposal(id = this.selectedId) {
        const draft = this.drafts[id];
        if (draft) {
            return draft.proposal;
        }
        const suggestions = this.reads[id]?.suggestions || [];
        const chosen = suggestions.find((one) => one.id === this.choices[id]);
        return chosen && !chosen.obstacle ? { suggestion_id: chosen.id } : null;
    }

    /** What posting would write, as far as it is known yet. */
    get previewed() {
        const proposal = this.proposal();
        return proposal ? this.previews[keyOf(this.selectedId, proposal)] || null : null;
    }

    async preview(id = this.selectedId) {
        const proposal = this.proposal(id);
        if (!proposal || !this.reads[id]?.can.decide) {
            return;
        }
        const key = keyOf(id, proposal);
        if (this.previews[key]) {
            return;
        }
        this.trials[key] ||= this._tryOut(id, proposal);
        this.previews[key] = await this.trials[key];
        delete this.trials[key];
    }

    async _tryOut(id, proposal) {
        try {
            return await this.orm.silent.call(MODEL, "review_preview", [[id], proposal]);
        } catch (error) {
            return { entry: [], effects: [], error: messageOf(error) };
        }
    }

    // ------------------------------------------------------------------
    // Decisions
    // ------------------------------------------------------------------

    /** What Enter does: book what is chosen, or try again what failed. */
    async book() {
        const { transaction } = this;
        if (!transaction || Date.now() - this.decidedAt < TOO_SOON) {
            return;
        }
        if (transaction.can.retry) {
            return this.retry();
        }
        if (!transaction.can.decide || !this.proposal()) {
            return this.notify(this.whyNot);
        }
        // A person's own parts are seen before they are booked; a suggestion is as it is read.
        if (!this.draft || (await this.isTriedOut())) {
            return this.bookNow();
        }
    }

    bookNow() {
        const { draft, selectedId } = this;
        return this._decide("review_accept", [[selectedId], this.proposal()], {
            isUndoable: true,
            items: draft ? draft.itemIds : this.suggestion.items.map(({ id }) => id),
        });
    }

    /**
     * Whether what is proposed can be booked: its preview is waited for, and says so; and
     * meanwhile nobody has changed it, or gone on.
     */
    async isTriedOut() {
        if (this.isWaiting) {
            return false;
        }
        const asked = keyOf(this.selectedId, this.proposal());
        this.isWaiting = true;
        this.said = _t("It is booked as soon as the preview is there.");
        try {
            await this._previewAnew();
        } finally {
            this.isWaiting = false;
        }
        if (asked !== keyOf(this.selectedId, this.proposal())) {
            return false;
        }
        if (this.previewed?.error) {
            this.notify(this.previewed.error);
        }
        return this.previewed?.error === "";
    }

    /** What failed may have waited for a decision that was being booked. */
    async _previewAnew() {
        if (this.previewed?.error) {
            await this.decisions.whenIdle();
            delete this.previews[keyOf(this.selectedId, this.proposal())];
        }
        await this.preview();
    }

    get whyNot() {
        const { transaction, suggestion } = this;
        if (transaction?.can.answer_duplicate) {
            return _t("Say first whether it is a duplicate.");
        }
        if (!transaction?.can.decide) {
            return _t("There is nothing to book.");
        }
        if (this.draft) {
            return _t("The parts do not make up the amount yet.");
        }
        if (suggestion?.obstacle) {
            return suggestion.obstacle;
        }
        if (transaction.suggestions.some(({ obstacle }) => !obstacle)) {
            return _t("No candidate is likely enough. Choose one by its number first.");
        }
        return _t("No candidate is chosen. Search an open item, or book it to an account.");
    }

    retry() {
        return this._decide("action_retry", [[this.selectedId]]);
    }

    answerDuplicate(isOne) {
        const method = isOne ? "action_confirm_duplicate" : "action_not_duplicate";
        return this._decide(method, [[this.selectedId]]);
    }

    /** The same for several: each one's best candidate, or the same accounts. */
    bookMany(ids, proposal) {
        return this._decide("review_accept_many", [ids, proposal], { ids, isUndoable: true });
    }

    /** What could be booked to others in the same way, or null. */
    get shares() {
        const { draft, transaction } = this;
        const parts = draft?.proposal ? asShares(transaction.amount, draft.parts) : null;
        return parts ? { parts } : null;
    }

    async assign(ids, user) {
        await this.orm.call(MODEL, "review_assign", [ids, user ? user.id : false]);
        this.bar = null;
        await this.queue.refresh(this.selectedId);
        await this.read(ids.filter((id) => this.reads[id]), { again: true });
        this.said = user ? _t("Assigned to %s.", user.name) : _t("Assigned to nobody.");
    }

    /** The transaction leaves at once; what it costs the server happens meanwhile. */
    async _decide(method, args, { ids = [this.selectedId], isUndoable = false, items = [] } = {}) {
        const rows = this.queue.rows.filter(({ id }) => ids.includes(id));
        const decision = { ids, method, args, items, isUndoable, rows, title: this._title(ids) };
        this.decidedAt = Date.now();
        this.decided += ids.length;
        if (isUndoable) {
            this.stack.push(decision);
        }
        ids.forEach((id) => delete this.problems[id]);
        this._leave(ids);
        this.pending = this.decisions.pending + 1;
        const result = this.decisions.add(decision);
        if (this.queue.beyond && this.queue.rows.length <= AHEAD) {
            this.decisions.whenIdle().then(() => this.queue.loadMore());
        }
        return result;
    }

    _title(ids) {
        if (ids.length > 1) {
            return _t("%s transactions", ids.length);
        }
        const { title, amount_text } = this.reads[ids[0]] || {};
        return [title, amount_text].filter(Boolean).join(" · ");
    }

    /** They leave the queue, and the next one is looked at. */
    _leave(ids) {
        const index = Math.max(0, this.queue.indexOf(this.selectedId));
        const before = this.queue.rows.slice(0, index).filter(({ id }) => !ids.includes(id)).length;
        const isLeaving = ids.includes(this.selectedId);
        this.queue.remove(ids);
        if (isLeaving) {
            const next = this.queue.ids[before] || this.queue.ids[before - 1] || null;
            this.select(next, { open: this.isOpen });
        }
    }

    onDone(decision, result) {
        this.pending = this.decisions.pending;
        for (const id of decision.ids) {
            delete this.reads[id];
            delete this.drafts[id];
            if (!result?.task_id) {
                this.queue.gone.delete(id); // should it wait again, it is shown again
            }
        }
        for (const failed of result?.failed || []) {
            this.problems[failed.id] = failed.reason;
            this._comeBack(decision, [failed.id]);
        }
        this._forgetStale(decision.items);
    }

    onFailed(decision, message) {
        this.pending = this.decisions.pending;
        if (decision.onFailed) {
            return decision.onFailed(message);
        }
        decision.ids.forEach((id) => (this.problems[id] = message));
        this._comeBack(decision, decision.ids);
        this._forgetStale(decision.items);
    }

    _comeBack(decision, ids) {
        this.decided -= ids.length;
        decision.ids = decision.ids.filter((id) => !ids.includes(id));
        this.stack = this.stack.filter((one) => one.ids.length);
        ids.forEach((id) => delete this.reads[id]);
        this.queue.putBack(decision.rows.filter(({ id }) => ids.includes(id)));
        const others = ids.filter((id) => !this.queue.row(id));
        if (others.length) {
            this.queue.bringBack(others);
        }
        this.said = _t("%s could not be booked.", decision.title);
        if (!this.selectedId) {
            this.select(ids[0]);
        }
    }

    /** What was settled is no candidate for another one any more. Until it is known again what
     * they are, they are shown as they were: the server refuses what is settled. */
    _forgetStale(items) {
        const stale = Object.values(this.reads).filter(({ suggestions }) =>
            suggestions.some((one) => one.items.some(({ id }) => items.includes(id)))
        );
        if (stale.length) {
            this.previews = {};
            this.read(stale.map(({ id }) => id), { again: true }).then(() => this.preview());
        }
    }

    /** Those that came back because they could not be decided as somebody wanted. */
    get failed() {
        return this.queue.rows.filter(({ id }) => this.problems[id]);
    }

    // ------------------------------------------------------------------
    // Undo
    // ------------------------------------------------------------------

    /** What `u` would take back: the last decision made here, or what is looked at. */
    get undoable() {
        if (this.stack.length) {
            return this.stack.at(-1);
        }
        const { transaction } = this;
        return transaction?.can.undo
            ? { ids: [transaction.id], title: this._title([transaction.id]), rows: [] }
            : null;
    }

    /** Take back the last decision. One that the server has not begun is simply forgotten. */
    async undo(reason) {
        const decision = this.undoable;
        this.bar = null;
        if (!decision) {
            return;
        }
        const isCounted = this.stack.includes(decision);
        this.stack = this.stack.filter((one) => one !== decision);
        if (this.decisions.cancel(decision)) {
            this.queue.putBack(decision.rows);
        } else if (!(await this._undoOnServer(decision, reason))) {
            return;
        }
        this.decided = Math.max(0, this.decided - (isCounted ? decision.ids.length : 0));
        decision.ids.forEach((id) => delete this.reads[id]);
        this.previews = {};
        this.said = _t("Undone: %s", decision.title);
        this.select(decision.ids[0]);
    }

    async _undoOnServer(decision, reason) {
        let isFailed = false;
        await this.decisions.add({
            ids: decision.ids,
            items: [],
            title: decision.title,
            method: "action_undo",
            args: [decision.ids, reason],
            onFailed: (message) => {
                isFailed = true;
                this.stack.push(decision);
                this.notify(message);
            },
        });
        if (!isFailed) {
            await this.queue.bringBack(decision.ids);
        }
        return !isFailed;
    }
}

function keyOf(id, proposal) {
    return `${id}:${JSON.stringify(proposal)}`;
}
