import { registry } from "@web/core/registry";

/** What an eye takes for "at once", in milliseconds. */
const AT_ONCE = 300;
const took = [];

function press(key) {
    const target = document.activeElement || document.body;
    const options = { key, bubbles: true, cancelable: true };
    const isFree = target.dispatchEvent(new KeyboardEvent("keydown", options));
    if (isFree && key === "Enter" && target.matches("button, a")) {
        target.click(); // what a browser does at a real key
    }
    target.dispatchEvent(new KeyboardEvent("keyup", options));
}

/** Into the field that has the focus; it fails if none has. */
function type(text) {
    const field = document.activeElement;
    if (!field.matches("input")) {
        throw new Error(`Nothing to type into: ${field.outerHTML.slice(0, 200)}`);
    }
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** To the next field, as the Tab key does. */
function tab() {
    const fields = [...document.querySelectorAll("input, button, select, a[href], summary")];
    const visible = fields.filter((field) => field.offsetParent && !field.disabled);
    visible[visible.indexOf(document.activeElement) + 1].focus();
}

function frame() {
    return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Enter, and how long it takes until the next transaction is there to be read. */
async function decide() {
    const detail = document.querySelector(".o_bank_feed_detail");
    const { id } = detail.dataset;
    await new Promise((resolve) => setTimeout(resolve, 250)); // nobody reads faster
    const start = performance.now();
    press("Enter");
    while (detail.dataset.id === id && performance.now() - start < 5000) {
        await frame();
    }
    took.push(performance.now() - start);
}

/** The transaction is looked at. */
function shows(text) {
    return `.o_bank_feed_detail .o_bank_feed_title:contains(${text})`;
}

const PREVIEWED = ".o_bank_feed_preview[data-ready='1'] tbody tr";
const IDLE = ".o_bank_feed_detail[data-pending='0']";

function step(trigger, run) {
    return { trigger, ...(run ? { run } : {}) };
}

registry.category("web_tour.tours").add("account_bank_feed_review_keyboard", {
    steps: () => [
        step(".o_bank_feed_left:contains(12)"),
        // Accept what is suggested.
        step(shows("RE/2026/00007")),
        step(`${PREVIEWED}:contains(143.00)`, decide),
        // Undo it, with the usual reason, and do it again.
        step(shows("thanks"), () => press("u")),
        step(".o_bank_feed_bar[data-bar=undo] input:focus", () => press("Enter")),
        step(".o_bank_feed_left:contains(12)"),
        step(shows("RE/2026/00007")),
        step(`${PREVIEWED}:contains(143.00)`, decide),
        // Choose the second candidate.
        step(shows("thanks"), () => press("2")),
        step(".o_bank_feed_chosen:contains(RE/2026/00003)"),
        step(`${PREVIEWED}:contains(RE/2026/00003)`, decide),
        // Split it over two invoices.
        step(shows("for the goods"), () => press("s")),
        step(".o_bank_feed_item_search input:focus", () => type("RE/2026/00004")),
        step(".o_bank_feed_marked:contains(RE/2026/00004)", () => press("Enter")),
        step("[data-remaining='90']"),
        step(".o_bank_feed_item_search input:focus", () => type("90,00")),
        step(".o_bank_feed_marked:contains(RE/2026/00005)", () => press("Enter")),
        step("[data-remaining='0']"),
        step(`${PREVIEWED}:contains(RE/2026/00005)`, decide),
        // A part of an invoice.
        step(shows("first instalment"), () => press("s")),
        step(".o_bank_feed_item_search input:focus", () => type("RE/2026/00006")),
        step(".o_bank_feed_marked:contains(RE/2026/00006)", () => press("Enter")),
        step(".o_bank_feed_part:contains(380.00)"),
        step(`.o_bank_feed_effects:contains(380.00)`, decide),
        // Too little was paid: the rest is written off.
        step(shows("regards"), () => press("s")),
        step(".o_bank_feed_item_search input:focus", () => type("RE/2026/00008")),
        step(".o_bank_feed_marked:contains(RE/2026/00008)", () => press("Enter")),
        step(".o_bank_feed_part:contains(3.00)", () => press("Escape")),
        step(".o_bank_feed_write_off:contains(3.00)", () => press("w")),
        step("[data-kind=account] input[role=combobox]:focus", () => type("4900")),
        step(".o_bank_feed_marked:contains(4900)", () => press("Enter")),
        step("[data-remaining='0']"),
        step(`${PREVIEWED}:contains(4900)`, decide),
        // To an account, with a tax.
        step(shows("Beratung"), () => press("b")),
        step("[data-kind=account] input[role=combobox]:focus", () => type("4950")),
        step(".o_bank_feed_marked:contains(4950)", () => press("Enter")),
        step(".o_bank_feed_label:focus", () => type("Advice")),
        step(".o_bank_feed_label:focus", async () => {
            document.activeElement.dispatchEvent(new Event("change"));
            await frame();
            tab();
            while (!document.activeElement.closest(".o_bank_feed_tax")) {
                tab(); // over taxes that the account brings along
            }
            type("Review 19");
        }),
        step(".o_bank_feed_marked:contains(Review 19)", () => press("Enter")),
        step(".badge:contains(Review 19)"),
        step(`${PREVIEWED}:contains(19.00)`, decide),
        // The same for those that look alike.
        step(shows("Hausbank"), () => press("b")),
        step("[data-kind=account] input[role=combobox]:focus", () => type("4970")),
        step(".o_bank_feed_marked:contains(4970)", () => press("Enter")),
        step(".o_bank_feed_label:focus", () => press("Escape")),
        step("[data-command=alike]:contains(2)", () => press("m")),
        step(".o_bank_feed_alike li:contains(Entgelt):nth-child(2)"),
        step(".o_bank_feed_book_alike:focus:contains(2)", () => press("Enter")),
        // Another payment, not a duplicate.
        step(shows("Donation"), () => press("d")),
        step(".o_bank_feed_duplicate button:focus", () => press("n")),
        // Ask a colleague about it.
        step(shows("4711 XYZ"), () => press("c")),
        step(".modal .o_mail_composer_form, .modal .o_form_view", () => {
            document.querySelector(".modal .btn-close").click();
        }),
        // Assign it, and leave it for later.
        step(`body:not(:has(.modal)) ${shows("4711 XYZ")}`, () => press("a")),
        step(".o_bank_feed_bar[data-bar=assign] input:focus", () => type("Manager")),
        step(".o_bank_feed_marked:contains(Manager)", () => press("Enter")),
        step(".o_bank_feed_row:contains(4711 XYZ):contains(Manager)", () => press("n")),
        // Retry what failed.
        step(shows("Lost line")),
        step(".o_bank_feed_book:contains(Retry)", decide),
        step(shows("4711 XYZ")),
        step(".o_bank_feed_decided:contains(11)"),
        step(".o_bank_feed_left:contains(1)", () => press("?")),
        step(".o_bank_feed_help:contains(Undo the last decision)", () => press("Escape")),
        step(`body:not(:has(.o_bank_feed_help)) ${IDLE}`, () => {
            // The one in the middle: where machines are shared, a browser may stand still at times.
            const inOrder = took.map(Math.round).sort((one, other) => one - other);
            console.log(`Review: next transaction shown after ${inOrder} ms`);
            if (took.length < 8 || inOrder[Math.floor(took.length / 2)] > AT_ONCE) {
                throw new Error(`Too slow to the eye, in ms: ${inOrder}`);
            }
        }),
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
