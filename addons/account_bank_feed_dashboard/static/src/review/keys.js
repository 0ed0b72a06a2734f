import { _t } from "@web/core/l10n/translation";

/**
 * What can be done by a key, in the order of the help.
 *
 * `run` gets the screen (see `ReviewController`), `isThere` says whether it makes sense now.
 */
export const COMMANDS = {
    book: {
        keys: ["Enter"],
        label: _t("Book what is chosen"),
        isThere: ({ model }) => Boolean(model.transaction),
        run: ({ model }) => model.book(),
    },
    choose: { keys: ["1", "2", "3", "4", "5"], shown: "1 – 5", label: _t("Choose a candidate") },
    split: {
        keys: ["s"],
        label: _t("Search open items, split, pay a part"),
        isThere: canDecide,
        run: (screen) => screen.split(),
    },
    account: {
        keys: ["b"],
        label: _t("Book to an account"),
        isThere: canDecide,
        run: (screen) => screen.bookToAccount(),
    },
    writeOff: {
        keys: ["w"],
        label: _t("Write off the rest"),
        isThere: ({ model }) => hasRest({ model }) || Boolean(!model.draft && model.suggestion),
        run: (screen) => screen.writeOff(),
    },
    leaveOpen: {
        keys: ["l"],
        label: _t("Keep the rest, or all of it, as an open payment (credit) of the partner"),
        isThere: ({ model }) =>
            model.draft ? Boolean(model.draft.remaining) : canDecide({ model }),
        run: (screen) => screen.leaveOpen(),
    },
    alike: {
        keys: ["m"],
        label: _t("The same for those that look alike, or that are ticked"),
        isThere: canDecide,
        run: (screen) => screen.showAlike(),
    },
    duplicate: {
        keys: ["d"],
        label: _t("Say whether it is a duplicate: then y for yes, n for no"),
        isThere: ({ model }) => Boolean(model.transaction?.can.answer_duplicate),
        run: (screen) => screen.askDuplicate(),
    },
    next: {
        keys: ["n", "j", "ArrowDown"],
        shown: "n  j  ↓",
        label: _t("Skip: the next one"),
        run: ({ model }) => model.move(1),
    },
    previous: {
        keys: ["k", "ArrowUp"],
        shown: "k  ↑",
        label: _t("The one before"),
        run: ({ model }) => model.move(-1),
    },
    tick: {
        keys: ["x"],
        label: _t("Tick it, to decide several at once"),
        isThere: ({ model }) => Boolean(model.row),
        run: ({ model }) => model.queue.toggle(model.selectedId),
    },
    undo: {
        keys: ["u"],
        label: _t("Undo the last decision"),
        isThere: ({ model }) => Boolean(model.undoable),
        run: ({ model }) => (model.bar = "undo"),
    },
    rule: {
        keys: ["r"],
        label: _t("Make a rule from this"),
        isThere: ({ model }) => Boolean(model.transaction?.can.make_rule),
        run: (screen) => screen.makeRule(),
    },
    assign: {
        keys: ["a"],
        label: _t("Assign it to somebody"),
        isThere: ({ model }) => Boolean(model.transaction?.can.assign),
        run: ({ model }) => (model.bar = "assign"),
    },
    ask: {
        keys: ["c"],
        label: _t("Comment, ask a colleague"),
        isThere: ({ model }) => Boolean(model.transaction),
        run: (screen) => screen.ask(),
    },
    open: {
        keys: ["o"],
        label: _t("Open its form"),
        isThere: ({ model }) => Boolean(model.transaction),
        run: (screen) => screen.openForm(),
    },
    failed: {
        keys: ["e"],
        label: _t("Go to what could not be booked"),
        isThere: ({ model }) => model.failed.length > 0,
        run: ({ model }) => model.select(model.failed[0].id),
    },
    help: { keys: ["?"], label: _t("Show the keys"), run: (screen) => screen.showHelp() },
    leave: { keys: ["Escape"], shown: "Esc", label: _t("Leave a field, close what is open") },
};

function canDecide({ model }) {
    return Boolean(model.transaction?.can.decide);
}

function hasRest({ model }) {
    return Boolean(model.draft?.hasRest);
}

/** Whether what is typed belongs to the element: then no key is a command. */
export function isTyping(element) {
    if (!(element instanceof HTMLElement)) {
        return false;
    }
    if (element.matches("input[type=checkbox], input[type=radio]")) {
        return false;
    }
    return element.isContentEditable || element.matches("input, textarea, select");
}

/** Whether the element does something of its own at this key, as a button at Enter. */
export function hasOwnUse(element, key) {
    if (!(element instanceof HTMLElement)) {
        return false;
    }
    if (key === "Enter" && element.closest("button, a[href], summary, [role=button]")) {
        return true;
    }
    return key.startsWith("Arrow") && element.matches("input[type=radio]");
}

/** @returns {Object | null} the command that a key stands for */
export function commandOf(key) {
    const name = key.length === 1 ? key.toLowerCase() : key;
    return Object.values(COMMANDS).find(({ keys, run }) => run && keys.includes(name)) || null;
}
