import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";

import {
    Component,
    markRaw,
    onWillStart,
    onWillUnmount,
    onWillUpdateProps,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import { AlikeDialog } from "./alike_dialog";
import { Bar } from "./bar";
import { Candidates } from "./candidates";
import { Empty } from "./empty";
import { HelpDialog } from "./help_dialog";
import { Commands } from "./commands";
import { commandOf, hasOwnUse, isTyping } from "./keys";
import { Parts } from "./parts";
import { Preview } from "./preview";
import { Queue } from "./queue";
import { ReviewModel } from "./review_model";
import { RuleDialog } from "./rule_dialog";
import { Transaction } from "./transaction";

const MODEL = "bank.transaction";
/** What others change is looked at that much later, in milliseconds, and then at once. */
const CALM = 1500;

/** The screen: its keys, and what leads to other screens. What it knows is in the model. */
export class ReviewController extends Component {
    static template = "account_bank_feed_dashboard.Review";
    static components = {
        Bar,
        Candidates,
        Commands,
        Empty,
        Layout,
        Parts,
        Preview,
        Queue,
        SearchBar,
        Transaction,
    };
    static props = { ...standardViewProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.ui = useState(useService("ui"));
        this.detail = useRef("detail");
        this.parts = {}; // what the component of the parts offers, while it is there
        this.searchBarToggler = useSearchBarToggler();
        this.model = useState(this.makeModel());
        this.listen();
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ review: this.model.kept }),
            beforeLeave: () => this.decisions.whenIdle(),
            beforeUnload: (ev) => this.warnOfPending(ev),
        });
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((nextProps) => this.load(nextProps));
    }

    makeModel() {
        this.decisions = this.env.services.bank_feed_decisions;
        return new ReviewModel({
            // Not that of the component: what was begun goes on after the screen was left.
            orm: markRaw(this.env.services.orm),
            decisions: markRaw(this.decisions),
            notify: (message) => this.notification.add(message, { type: "warning" }),
            state: this.props.state?.review,
        });
    }

    /** To what became of decisions, and to what others change. */
    listen() {
        const unlisten = this.decisions.listen({
            onDone: (decision, result) => this.model.onDone(decision, result),
            onFailed: (decision, message) => this.model.onFailed(decision, message),
        });
        const bus = useService("bus_service");
        const refresh = useDebounced(() => this.model.refresh(), CALM);
        const onChanged = ({ company_ids: companies = [] }) => {
            const { allowed_company_ids: shown = [] } = user.context;
            if (!companies.length || companies.some((id) => shown.includes(id))) {
                refresh();
            }
        };
        bus.subscribe("bank_feed/changed", onChanged);
        onWillUnmount(() => {
            unlisten();
            bus.unsubscribe("bank_feed/changed", onChanged);
        });
    }

    load({ domain, context, orderBy }) {
        return this.model.load({ domain, context, orderBy });
    }

    warnOfPending(ev) {
        if (this.decisions.pending) {
            ev.preventDefault();
        }
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get isNarrow() {
        return this.ui.isSmall;
    }

    get showsQueue() {
        return !this.isNarrow || !this.model.isOpen;
    }

    get showsDetail() {
        return !this.isNarrow || this.model.isOpen;
    }

    get failedTitle() {
        const [failed] = this.model.failed;
        return failed.counterparty_name || failed.remittance || failed.booking_date;
    }

    // ------------------------------------------------------------------
    // Keys
    // ------------------------------------------------------------------

    onKeydown(ev) {
        const { target, key } = ev;
        if (ev.defaultPrevented || ev.ctrlKey || ev.altKey || ev.metaKey || ev.isComposing) {
            return;
        }
        if (this.ui.isBlocked || this.ui.activeElement !== document) {
            return; // a dialog has the keys
        }
        if (key === "Escape") {
            return this.onEscape(ev);
        }
        if (isTyping(target) || hasOwnUse(target, key) || target.closest?.(".o-dropdown--menu")) {
            return;
        }
        this.onCommandKey(ev);
    }

    onCommandKey(ev) {
        const { key } = ev;
        if (/^[1-5]$/.test(key)) {
            ev.preventDefault();
            return this.model.choose(Number(key));
        }
        const command = commandOf(key);
        const mayRepeat = key.startsWith("Arrow") || "jkn".includes(key);
        if (!command || (ev.repeat && !mayRepeat)) {
            return;
        }
        if (!command.isThere || command.isThere(this)) {
            ev.preventDefault();
            command.run(this);
        }
    }

    /** First it leaves the field, then it closes what is open, one after the other. */
    onEscape(ev) {
        const { model } = this;
        if (isTyping(ev.target)) {
            ev.target.blur();
            this.focusDetail();
            if (model.bar) {
                model.bar = null;
            }
        } else if (model.bar) {
            model.bar = null;
        } else if (model.draft) {
            model.closeDraft();
            model.preview();
        } else if (this.isNarrow && model.isOpen) {
            model.isOpen = false;
        } else {
            return;
        }
        ev.preventDefault();
    }

    /** From there keys are commands, and page keys scroll. */
    focusDetail() {
        this.detail.el?.focus({ preventScroll: true });
    }

    // ------------------------------------------------------------------
    // Commands
    // ------------------------------------------------------------------

    split() {
        this.model.openDraft();
        this.parts.focusSearch?.();
    }

    bookToAccount() {
        const draft = this.model.openDraft();
        if (draft.parts.length && !draft.hasRest) {
            return this.model.notify(_t("Nothing is left to be booked."));
        }
        draft.addAccount();
    }

    /** The rest of the parts, or of the chosen candidate. */
    writeOff() {
        if (!this.model.draft) {
            this.model.draftOfSuggestion();
        }
        this.bookToAccount();
    }

    /** What is left, or all of it, becomes an open payment of the partner. */
    async leaveOpen() {
        const { model } = this;
        const partner = await this.partnerOf(model.draft, model.transaction);
        model.openDraft().addOpen(partner);
        model.preview();
    }

    /** Of the items, if they are of one; else whose payment it is, or whose it may be. */
    async partnerOf(draft, transaction) {
        if (!draft?.parts.length) {
            return this.model.likelyPartner;
        }
        const items = draft.itemIds.length
            ? await this.orm.silent.read("account.move.line", draft.itemIds, ["partner_id"])
            : [];
        const partners = new Map(
            items
                .filter((item) => item.partner_id)
                .map(({ partner_id: [id, name] }) => [id, { id, name }])
        );
        return partners.size === 1 ? [...partners.values()][0] : transaction.partner || null;
    }

    makeRule() {
        const { model } = this;
        const proposal = (model.draft && model.proposal()) || false;
        const { amount } = model.transaction;
        this.dialog.add(RuleDialog, { id: model.selectedId, amount, proposal });
    }

    async ask() {
        const id = this.model.selectedId;
        const action = await this.orm.call(MODEL, "action_review_ask", [[id]]);
        this.action.doAction(action, { onClose: () => this.model.readAgain(id) });
    }

    openForm() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.model.selectedId,
            views: [[false, "form"]],
        });
    }

    /** The question's own keys count while it has the focus: y and n. */
    askDuplicate() {
        this.detail.el.querySelector(".o_bank_feed_duplicate button")?.focus();
    }

    async showAlike() {
        const { model } = this;
        if (model.queue.checked.size) {
            return this.showTicked();
        }
        const id = model.selectedId;
        const alike = await this.orm.silent.call(MODEL, "review_alike", [[id]]);
        model.alike[id] = alike;
        if (!alike.ids.length) {
            return model.notify(_t("Nothing that waits looks like this one."));
        }
        this.openAlike({ id, ids: alike.ids, text: alike.text, shares: model.shares });
    }

    /** What is ticked, decided at once. */
    showTicked() {
        const ids = [...this.model.queue.checked];
        const text = _t("%s ticked transactions", ids.length);
        this.openAlike({ id: null, ids, text, shares: this.model.shares });
    }

    openAlike({ id, ids, text, shares }) {
        const { model } = this;
        const part = shares && model.draft.parts[0];
        this.dialog.add(AlikeDialog, {
            ids,
            text,
            shares,
            account: part ? part.account.name : "",
            confirm: (chosen, proposal) => this.bookAlike(id, chosen, proposal),
        });
    }

    /** @param {number | null} id of the one that the others look like, decided first */
    async bookAlike(id, ids, proposal) {
        const { model } = this;
        if (id && id === model.selectedId && model.proposal()) {
            if (!(await model.isTriedOut())) {
                return;
            }
            model.bookNow();
        }
        const result = await model.bookMany(ids, proposal);
        if (result?.task_id) {
            this.notification.add(_t("They are booked in the background."), { type: "info" });
        }
    }

    showHelp() {
        this.dialog.add(HelpDialog, {});
    }
}
