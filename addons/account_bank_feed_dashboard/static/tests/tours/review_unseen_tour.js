import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { ReviewModel } from "@account_bank_feed_dashboard/review/review_model";

/** Previews wait until it is open. */
const gate = {};

function close() {
    gate.shut = new Promise((resolve) => (gate.open = resolve));
    gate.tryOut ||= ReviewModel.prototype._tryOut;
    ReviewModel.prototype._tryOut = async function (...args) {
        await gate.shut;
        return gate.tryOut.apply(this, args);
    };
}

function press(key) {
    const target = document.activeElement || document.body;
    const options = { key, bubbles: true, cancelable: true };
    const isFree = target.dispatchEvent(new KeyboardEvent("keydown", options));
    if (isFree && key === "Enter" && target.matches("button, a")) {
        target.click(); // what a browser does at a real key
    }
}

function type(text) {
    document.activeElement.value = text;
    document.activeElement.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function call(method, ...args) {
    const params = { model: "bank.transaction", method, args, kwargs: {} };
    return rpc(`/web/dataset/call_kw/bank.transaction/${method}`, params);
}

/** Somebody else settles a part of this invoice, so that less of it is open. */
async function settleElsewhere(remittance, invoice) {
    const [id] = await call("search", [["remittance", "=", remittance]]);
    const [item] = await call("review_search", [id], invoice);
    await call("review_accept", [id], { parts: [{ item_id: item.id, amount: 80 }] });
}

/** Enter, and the same transaction is still looked at a while later. */
async function pressInVain() {
    const { id } = document.querySelector(".o_bank_feed_detail").dataset;
    press("Enter");
    press("Enter");
    await new Promise((resolve) => setTimeout(resolve, 600));
    if (document.querySelector(".o_bank_feed_detail").dataset.id !== id) {
        throw new Error("It was booked unseen");
    }
}

function shows(text) {
    return `.o_bank_feed_detail[data-pending='0'] .o_bank_feed_title:contains(${text})`;
}

function step(trigger, run) {
    return { trigger, ...(run ? { run } : {}) };
}

registry.category("web_tour.tours").add("account_bank_feed_review_unseen", {
    steps: () => [
        // Candidates, but none that is likely: one has to be chosen.
        step(`${shows("for you")}`),
        step(".o_bank_feed_candidates:has(.o_bank_feed_candidate):not(:has(.o_bank_feed_chosen))"),
        step(".o_bank_feed_commands:has(.o_bank_feed_book:disabled)", pressInVain),
        step(".o_notification:contains(Choose one by its number)", () => press("1")),
        step(".o_bank_feed_chosen[data-rank='1']"),
        step(".o_bank_feed_preview[data-ready='1'] tbody tr", () => press("Enter")),
        // Parts: Enter waits until it was seen that they can be booked.
        step(shows("early"), () => {
            close();
            press("s");
        }),
        step(".o_bank_feed_item_search input:focus", () => type("RE/2026/00003")),
        step(".o_bank_feed_marked:contains(RE/2026/00003)", () => press("Enter")),
        step("[data-remaining='0']", pressInVain),
        step(".o_bank_feed_preview:contains(as soon as the preview is there)", () => gate.open()),
        // Parts that cannot be booked any more are not.
        step(shows("late"), () => {
            close();
            press("s");
        }),
        step(".o_bank_feed_item_search input:focus", () => type("RE/2026/00004")),
        step(".o_bank_feed_marked:contains(RE/2026/00004)", () => press("Enter")),
        step("[data-remaining='0']", async () => {
            await settleElsewhere("rival", "RE/2026/00004");
            await pressInVain();
            gate.open();
        }),
        step(".o_bank_feed_preview_error:contains(is open)", pressInVain),
        step(".o_bank_feed_decided:contains(2)"),
        step(".o_bank_feed_parts", () => press("Escape")),
        step(".o_bank_feed_candidates", () => press("n")),
        // The same invoice was paid twice: the second payment becomes the partner's credit.
        step(shows("RE/2026/00005")),
        step("[data-command=leaveOpen]", () => press("l")),
        step("[data-kind=open]:contains(partner_a)"),
        step(".o_bank_feed_item_search input:focus", () => press("Enter")),
        // A rule before an account was chosen: the dialog asks for it.
        step(shows("Beratung"), () => press("r")),
        step(".o_bank_feed_rule_account input:focus"),
        step(".o_bank_feed_make_rule:disabled"),
        step(".o_bank_feed_rule_account input:focus", () => type("4950")),
        step(".o_bank_feed_marked:contains(4950)", () => press("Enter")),
        step(".o_bank_feed_rule li[data-kind=new]:contains(1)"),
        step(".o_bank_feed_make_rule:focus:enabled", () => press("Escape")),
        // Searching an account: no "nothing found" before anything was typed.
        step(`body:not(:has(.modal)) ${shows("Beratung")}`, () => press("b")),
        step("[data-kind=account] input[role=combobox]:focus"),
        step("[data-kind=account] [role=listbox]:contains(Type to search)"),
        step("[data-kind=account] input[role=combobox]:focus", () => type("4")),
        step(".o_bank_feed_more:contains(There are more)"),
        step("[data-kind=account] input[role=combobox]:focus", () => press("Escape")),
        step(".o_bank_feed_parts", () => press("Escape")),
        step(".o_bank_feed_candidates"),
    ].map((step) => ({ timeout: 30000, ...step })), // machines may be slow
});
