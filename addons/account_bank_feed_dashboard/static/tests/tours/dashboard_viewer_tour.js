import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("account_bank_feed_dashboard_viewer", {
    steps: () => [
        {
            content: "The card is there, and nothing to upload with",
            trigger: ".o_bank_feed_dashboard:not(:has(.o_bank_feed_drop_zone)) .o_bank_feed_card:not(:has(button:contains(Upload)))",
        },
        {
            content: "What waits, by kind",
            trigger: ".o_bank_feed_exceptions tr[data-kind=unknown] td:nth-of-type(2) button",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_detail:contains(Deposit)",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
