import { useDebounced } from "@web/core/utils/timing";
import { KeepLast } from "@web/core/utils/concurrency";

import { Component, onMounted, useRef, useState } from "@odoo/owl";

/** How long to wait for the next letter before the server is asked, in milliseconds. */
const PAUSE = 120;
/** As many are shown; of more it is said that there are more. */
export const SHOWN = 12;
let lastNumber = 0;

/**
 * Finds a record by typing: a combobox whose list is filled by the server.
 *
 * Enter takes what is marked, even if the server is still searching; where nothing is marked it
 * is `onEnter`, which may go on. Escape leaves the field.
 */
export class Finder extends Component {
    static template = "account_bank_feed_dashboard.Finder";
    static props = {
        label: String,
        placeholder: { type: String, optional: true },
        search: Function,
        onSelect: Function,
        onEnter: { type: Function, optional: true },
        autofocus: { type: Boolean, optional: true },
        eager: { type: Boolean, optional: true }, // marks the first one before anything is typed
        opens: { type: Boolean, optional: true }, // shows its list before anything is typed
        emptyText: { type: String, optional: true },
        className: { type: String, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = {
        placeholder: "",
        onEnter: () => {},
        autofocus: false,
        eager: false,
        opens: true,
    };

    setup() {
        this.input = useRef("input");
        this.list = useRef("list");
        this.keepLast = new KeepLast();
        this.number = ++lastNumber;
        this.state = useState({
            options: [],
            hasMore: false,
            isTyped: false,
            active: -1,
            isOpen: false,
            isSearching: false,
        });
        this.searchSoon = useDebounced(() => this.search(), PAUSE);
        this.found = Promise.resolve();
        onMounted(() => {
            if (this.props.autofocus) {
                this.input.el.focus();
            }
        });
    }

    get listId() {
        return `o_bank_feed_finder_${this.number}`;
    }

    get activeId() {
        return this.state.isOpen && this.state.active >= 0
            ? `${this.listId}_${this.state.active}`
            : null;
    }

    get text() {
        return this.input.el ? this.input.el.value.trim() : "";
    }

    onInput() {
        this.state.isSearching = true;
        this.isStale = true;
        this.searchSoon();
    }

    onFocus() {
        if (this.props.opens) {
            this.search();
        }
    }

    onBlur() {
        this.state.isOpen = false;
    }

    search() {
        this.searchSoon.cancel(); // or it would take the answer away from who waits for this one
        this.isStale = false;
        this.found = this._search();
        return this.found;
    }

    async _search() {
        const text = this.text;
        this.state.isSearching = true;
        try {
            const found = await this.keepLast.add(this.props.search(text));
            const options = found.slice(0, SHOWN);
            const hasMore = found.length > SHOWN;
            const active = options.length && (text || this.props.eager) ? 0 : -1;
            const isOpen = document.activeElement === this.input.el;
            Object.assign(this.state, { options, hasMore, isTyped: Boolean(text), active, isOpen });
        } finally {
            this.state.isSearching = false;
        }
    }

    async onKeydown(ev) {
        const { key } = ev;
        if (key === "ArrowDown" || key === "ArrowUp") {
            ev.preventDefault();
            this.mark(key === "ArrowDown" ? 1 : -1);
        } else if (key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            await this.onEnter();
        } else if (key === "Tab") {
            this.state.isOpen = false;
        }
    }

    /** What was typed last counts, not what was found before it. */
    async onEnter() {
        if (this.isStale) {
            this.search();
        }
        await this.found;
        const option = this.state.isOpen && this.state.options[this.state.active];
        if (option) {
            this.select(option);
        } else {
            this.props.onEnter();
        }
    }

    mark(step) {
        const count = this.state.options.length;
        if (!this.state.isOpen) {
            this.state.isOpen = true;
        }
        if (count) {
            const from = this.state.active < 0 && step < 0 ? 0 : this.state.active;
            this.state.active = (from + step + count) % count;
            this.list.el?.children[this.state.active]?.scrollIntoView({ block: "nearest" });
        }
    }

    select(option) {
        this.input.el.value = "";
        Object.assign(this.state, { isOpen: false, options: [], active: -1 });
        this.props.onSelect(option);
    }
}
