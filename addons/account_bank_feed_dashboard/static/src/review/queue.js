import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";
import { STATE_CHIPS } from "@account_bank_feed/states/states";

import {
    Component,
    onMounted,
    onPatched,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";

import { ORDERS } from "./queue_model";

/** What waits, one row each. */
export class Queue extends Component {
    static template = "account_bank_feed_dashboard.ReviewQueue";
    static props = { model: Object, states: Array, showTicked: Function, onChosen: Function };

    setup() {
        this.model = useState(this.props.model);
        this.list = useRef("list");
        this.end = useRef("end");
        this.ORDERS = ORDERS;
        this.chips = STATE_CHIPS;
        this.stateLabels = Object.fromEntries(this.props.states);
        this.loadAtEnd();
        useEffect(
            () => {
                const row = this.list.el.querySelector("[aria-current]");
                row?.closest("li").scrollIntoView({ block: "nearest" });
            },
            () => [this.model.selectedId]
        );
    }

    /** As soon as the end comes into sight, what follows is loaded; also if all fits. */
    loadAtEnd() {
        let observer = null;
        onMounted(() => {
            observer = new IntersectionObserver((entries) => {
                if (entries.some(({ isIntersecting }) => isIntersecting)) {
                    this.queue.loadMore();
                }
            });
            observer.observe(this.end.el);
        });
        onPatched(() => {
            observer.disconnect();
            observer.observe(this.end.el);
        });
        onWillUnmount(() => observer.disconnect());
    }

    get queue() {
        return this.model.queue;
    }

    date(row) {
        return formatDate(deserializeDate(row.booking_date));
    }

    amount(row) {
        return formatMonetary(row.amount, { currencyId: row.currency_id });
    }

    title(row) {
        return row.counterparty_name || row.remittance || "/";
    }

    tickLabel(row) {
        return _t("Tick %s", this.title(row));
    }

    text(row) {
        return row.counterparty_name ? row.remittance || "" : "";
    }

    assigned(row) {
        return row.assigned_user_id ? row.assigned_user_id.display_name : "";
    }

    choose(row, ev) {
        if (ev.shiftKey) {
            return this.queue.toggleRange(row.id);
        }
        this.model.select(row.id);
        this.props.onChosen();
    }

    onTick(row, ev) {
        ev.shiftKey ? this.queue.toggleRange(row.id) : this.queue.toggle(row.id);
    }

    async sort(ev) {
        this.queue.sort = ev.target.value;
        ev.target.blur();
        const { domain, context, orderBy } = this.queue;
        await this.queue.load({ domain, context, orderBy });
        this.model.select(this.queue.ids[0] || null, { open: false });
    }

    assignTicked() {
        this.model.bar = "assign";
        this.model.isOpen = true;
    }

    untick() {
        this.queue.checked.clear();
    }
}
