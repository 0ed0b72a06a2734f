import { registry } from "@web/core/registry";

/** The test serves the files at these addresses. */
async function filesFromTest(...names) {
    const transfer = new DataTransfer();
    for (const name of names) {
        const response = await fetch(`/account_bank_feed/tour/${name}`);
        transfer.items.add(new File([await response.blob()], name));
    }
    return transfer;
}

registry.category("web_tour.tours").add("account_bank_feed_upload", {
    steps: () => [
        {
            content: "Drop two files at once",
            trigger: ".o_bank_feed_drop_zone",
            async run() {
                const dataTransfer = await filesFromTest("january.xml", "february.xml");
                const options = { bubbles: true, cancelable: true, dataTransfer };
                for (const type of ["dragenter", "dragover", "drop"]) {
                    this.anchor.dispatchEvent(new DragEvent(type, options));
                }
            },
        },
        {
            content: "Both arrive and are done",
            trigger: ".o_bank_feed_import[data-state=done]:contains(january.xml):contains('Transactions: 2')",
        },
        {
            trigger: ".o_bank_feed_import[data-state=done]:contains(february.xml):contains('Transactions: 1')",
        },
        {
            content: "Choose a file that is no statement",
            trigger: ".o_bank_feed_drop_zone:not(:has(input:disabled))",
            async run() {
                const input = this.anchor.querySelector("input[type=file]");
                input.files = (await filesFromTest("holiday.txt")).files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "It is refused, in words",
            trigger: ".o_bank_feed_import[data-state=refused]:contains(holiday.txt) .text-danger",
        },
        {
            content: "Open an import",
            trigger: ".o_bank_feed_import:contains(january.xml)",
            run: "click",
        },
        {
            content: "Go to its transactions",
            trigger: ".o_form_view button[name=action_view_transactions]:contains(2)",
            run: "click",
        },
        {
            content: "They are there",
            trigger: ".o_list_view .o_data_row:contains(Rent January)",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Salaries)",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
