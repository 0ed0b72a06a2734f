import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

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

/** What somebody else does meanwhile: this invoice is paid by that transaction. */
async function settleElsewhere(remittance, invoice) {
    const [id] = await call("search", [["remittance", "=", remittance]]);
    const [item] = await call("review_search", [id], invoice);
    const parts = [{ item_id: item.id, amount: item.residual }];
    await call("review_accept", [id], { parts });
}

function shows(text) {
    return `.o_bank_feed_title:contains(${text})`;
}

function step(trigger, run) {
    return { trigger, ...(run ? { run } : {}) };
}

registry.category("web_tour.tours").add("account_bank_feed_review_troubles", {
    steps: () => [
        // Too much was paid: the rest stays open for the customer.
        step(shows("too much"), () => press("s")),
        step(".o_bank_feed_item_search input:focus", () => type("RE/2026/00005")),
        step(".o_bank_feed_marked:contains(RE/2026/00005)", () => press("Enter")),
        step("[data-remaining='5']", () => press("Escape")),
        step(".o_bank_feed_parts", () => press("l")),
        step("[data-kind=open]:contains(partner_a)"),
        step(".o_bank_feed_item_search input:focus", () => press("Escape")),
        step(".o_bank_feed_book:enabled", () => press("Enter")),
        // Somebody else was faster: it comes back on top, with the reason.
        step(`${shows("RE/2026/00007")}`),
        step(".o_bank_feed_preview[data-ready='1'] tbody tr:contains(143.00)", async () => {
            await settleElsewhere("rival", "RE/2026/00007");
            press("Enter");
        }),
        step(".o_bank_feed_failed:contains(settled already)"),
        step(".o_bank_feed_row:first-child .o_bank_feed_problem"),
        step(shows("thanks"), () => press("e")),
        step(shows("RE/2026/00007")),
        step(".o_bank_feed_obstacle", () => press("n")),
        // Two ticked ones: one has a candidate, the other one comes back.
        step(shows("thanks"), () => press("x")),
        step(".o_bank_feed_ticked:contains(1)", () => press("n")),
        step(shows("Beratung"), () => press("x")),
        step(".o_bank_feed_ticked:contains(2)", () => press("m")),
        step(".o_bank_feed_book_alike:focus:contains(2)", () => press("Enter")),
        step(".o_bank_feed_row:first-child:contains(Beratung) .o_bank_feed_problem"),
        step(".o_bank_feed_problem:contains(Nothing is suggested)"),
        step(".o_bank_feed_row:contains(Beratung) .o_bank_feed_row_button", "click"),
        // A rule for such ones.
        step(shows("Beratung"), () => press("b")),
        step("[data-kind=account] input[role=combobox]:focus", () => type("4950")),
        step(".o_bank_feed_marked:contains(4950)", () => press("Enter")),
        step(".o_bank_feed_label:focus", () => press("Escape")),
        step(".o_bank_feed_parts", () => press("r")),
        step(".o_bank_feed_rule li[data-kind=new]:contains(1)"),
        step(".o_bank_feed_make_rule:focus", "click"),
        step(".o_form_view .alert:contains(4950)"),
        step(".o_form_button_save", "click"),
        step(".o_form_view:has(.o_form_status_indicator_buttons.invisible)"),
        // Back where it was, with what was said about it.
        step(".o_back_button, .breadcrumb-item a", "click"),
        step(shows("Beratung")),
        step(".o_bank_feed_decided:contains(2)"),
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
