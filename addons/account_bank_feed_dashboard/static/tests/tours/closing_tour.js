import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("account_bank_feed_dashboard_closing", {
    steps: () => [
        {
            content: "The month of the address is shown, and what Odoo says to it",
            trigger: ".o_bank_feed_verdict[data-level=refused]:contains('January 2026 cannot be locked yet')",
        },
        {
            content: "The journal tells how many lines",
            trigger: ".o_bank_feed_check[data-check=unreconciled][data-level=refused] .o_count:contains(1)",
        },
        {
            content: "What is settled has a tick",
            trigger: ".o_bank_feed_check[data-check=balance][data-level=ok] .fa-check-circle",
        },
        {
            content: "The month before",
            trigger: ".o_bank_feed_closing .o_previous",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_closing:contains('December 2025')",
        },
        {
            content: "And back",
            trigger: ".o_bank_feed_closing .o_next:enabled",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_closing .o_month:contains('January 2026')",
        },
        {
            content: "The way leads to the line",
            trigger: ".o_bank_feed_check[data-check=unreconciled] button:contains('Review 1')",
            run: "click",
        },
        {
            trigger: ".o_action_manager :contains('Who knows')",
        },
        {
            content: "Back to the month from which it came",
            trigger: ".o_breadcrumb a:contains('Closing'), .breadcrumb a:contains('Closing')",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_closing .o_month:contains('January 2026')",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});

registry.category("web_tour.tours").add("account_bank_feed_dashboard_bulk", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains('Payment 3')",
        },
        {
            content: "A state is told by icon and word",
            trigger: ".o_list_view .o_bank_feed_state[data-state=processed]:has(i.fa-eye):contains('To review')",
        },
        {
            content: "Choose all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_assign_to_me]",
            run: "click",
        },
        {
            content: "It is said that it takes place in the background",
            trigger: ".o_notification:contains('4 transactions are worked on in the background')",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});

registry.category("web_tour.tours").add("account_bank_feed_dashboard_tasks", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains('4 of 4 done') td[name=name]:contains('Assign to')",
            run: "click",
        },
        {
            trigger: ".o_form_view:contains('Assign to') .o_bank_feed_task_progress:contains('4 of 4 done')",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
