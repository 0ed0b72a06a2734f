import { registry } from "@web/core/registry";

/** The test serves the files at these addresses. */
async function drop(zone, name) {
    const response = await fetch(`/account_bank_feed/tour/${name}`);
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await response.blob()], name));
    const options = { bubbles: true, cancelable: true, dataTransfer };
    for (const type of ["dragenter", "dragover", "drop"]) {
        zone.dispatchEvent(new DragEvent(type, options));
    }
}

function choose(select, value) {
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
}

const DONE = ".o_bank_feed_result[data-working='0']";

registry.category("web_tour.tours").add("account_bank_feed_columns", {
    steps: () => [
        {
            content: "Drop a table that nobody knows",
            trigger: ".o_bank_feed_drop_zone",
            async run() {
                await drop(this.anchor, "april.csv");
            },
        },
        {
            content: "It asks, and is opened",
            trigger: ".o_bank_feed_import[data-state=unconfirmed]:contains(april.csv)",
            run: "click",
        },
        {
            content: "The file's own rows are there",
            trigger: ".o_bank_feed_sheet td:contains(Landlord Ltd)",
        },
        {
            content: "What was found is drawn on them",
            trigger: ".o_bank_feed_sheet th[data-role=amount]",
        },
        { trigger: ".o_bank_feed_row_header:contains(Description)" },
        {
            content: "Nothing can be confirmed while a question is open",
            trigger: ".o_bank_feed_confirm:disabled",
        },
        {
            content: "Answer it: the day comes first",
            trigger: ".o_bank_feed_question input[value=dmy]",
            run: "click",
        },
        {
            content: "The transactions are shown as they will be read, with their signs",
            trigger: `${DONE} .o_bank_feed_transactions tr:contains(Landlord Ltd) .text-danger:contains(700.00)`,
        },
        {
            content: "Take a column away",
            trigger: ".o_bank_feed_sheet th[data-role=amount] select",
            run() {
                choose(this.anchor, "");
            },
        },
        {
            content: "Then it cannot be read, and the screen says why",
            trigger: ".o_bank_feed_problem, .o_bank_feed_question",
        },
        { trigger: ".o_bank_feed_confirm:disabled" },
        {
            content: "Put it back",
            trigger: ".o_bank_feed_sheet th:nth-child(5) select",
            run() {
                choose(this.anchor, "amount");
            },
        },
        { trigger: `${DONE} .o_bank_feed_transactions tr:contains(Salary) .text-success` },
        {
            content: "Give it a name",
            trigger: "#o_bank_feed_label",
            run: "edit Example Bank",
        },
        {
            content: "Say which journal such files are of",
            trigger: "#o_bank_feed_journal",
            run() {
                choose(this.anchor, [...this.anchor.options].at(-1).value);
            },
        },
        {
            content: "Confirm",
            trigger: ".o_bank_feed_confirm:enabled",
            run: "click",
        },
        {
            content: "The import is there again, and will be read",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(april.csv)",
        },
        {
            content: "Drop the next file of that bank",
            trigger: ".o_menu_sections [data-menu-xmlid='account_bank_feed.menu_intake']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='account_bank_feed.menu_upload']",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_drop_zone",
            async run() {
                await drop(this.anchor, "may.csv");
            },
        },
        {
            content: "It is read without a question",
            trigger: ".o_bank_feed_import[data-state=done]:contains(may.csv):contains('Transactions: 1')",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
