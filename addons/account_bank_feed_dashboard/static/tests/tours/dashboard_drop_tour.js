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

function areDone() {
    const states = [...document.querySelectorAll(".o_bank_feed_import")].map(
        ({ dataset }) => dataset.state
    );
    return states.length === 3 && states.every((state) => state === "done");
}

/** The jobs are run one by one, which takes longer than a step may take: it has several turns. */
function untilAllAreDone() {
    const end = Date.now() + 8000;
    return new Promise((resolve) => {
        const timer = setInterval(() => {
            if (areDone() || Date.now() > end) {
                clearInterval(timer);
                resolve();
            }
        }, 200);
    });
}

const TURNS = 15;

registry.category("web_tour.tours").add("account_bank_feed_dashboard_drop", {
    steps: () => [
        {
            content: "Nothing has been reconciled yet: what to do first is said",
            trigger: ".o_bank_feed_first_steps [data-step=journal][data-done=true]",
        },
        {
            trigger: ".o_bank_feed_first_steps [data-step=file] button.btn-primary",
        },
        {
            content: "Drop three files on the dashboard",
            trigger: ".o_bank_feed_dashboard .o_bank_feed_drop_zone",
            async run() {
                const dataTransfer = await filesFromTest("file1.xml", "file2.xml", "file3.xml");
                const options = { bubbles: true, cancelable: true, dataTransfer };
                for (const type of ["dragenter", "dragover", "drop"]) {
                    this.anchor.dispatchEvent(new DragEvent(type, options));
                }
            },
        },
        {
            content: "Watch them being processed",
            trigger: ".o_bank_feed_at_work:contains(file3.xml) .progress[role=progressbar]",
        },
        ...Array(TURNS).fill({
            content: "All three get done",
            trigger: ".o_bank_feed_import:contains(file3.xml)",
            run: untilAllAreDone,
        }),
        {
            trigger: ".o_bank_feed_import[data-state=done]:contains(file3.xml)",
        },
        {
            content: "Nothing is at work any more, and three transactions wait",
            trigger: ".o_bank_feed_dashboard:not(:has(.o_bank_feed_at_work)) .o_bank_feed_state[data-state=processed] .o_bank_feed_count:contains(/^3$/)",
        },
        {
            content: "The first steps are gone, three fees are settled",
            trigger: ".o_bank_feed_dashboard:not(:has(.o_bank_feed_first_steps)) .o_bank_feed_state[data-state=reconciled] .o_bank_feed_count:contains(/^3$/)",
        },
        {
            content: "Half of all was not touched",
            trigger: ".o_bank_feed_untouched .o_bank_feed_share:contains(50)",
        },
        {
            content: "The account agrees with the bank",
            trigger: ".o_bank_feed_card .o_bank_feed_difference[data-level=even]",
        },
        {
            content: "Go to the three that wait",
            trigger: ".o_bank_feed_state[data-state=processed] button",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Deposit 3)",
            run() {
                const rows = document.querySelectorAll(".o_list_view .o_data_row");
                if (rows.length !== 3) {
                    throw new Error(`Not 3 but ${rows.length} transactions are listed.`);
                }
            },
        },
        {
            content: "Back, and choose another period",
            trigger: ".breadcrumb-item:contains(Bank Feed), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_period_choice",
            run: "select 7",
        },
        {
            content: "One file only is of these days",
            trigger: ".o_bank_feed_state[data-state=reconciled] .o_bank_feed_count:contains(/^1$/)",
        },
        {
            content: "Behind the chart there is a table",
            trigger: ".o_bank_feed_money summary",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_money td:contains(300)",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
