import { registry } from "@web/core/registry";

/** What the demo bank tells its customers; the test serves it at this address. */
function fromBank(name) {
    return async (helpers) => {
        const answer = await fetch("/account_bank_feed/tour/bank.json");
        await helpers.edit((await answer.json())[name]);
    };
}

const CONNECTOR = ".o_field_widget[name=connector]";

registry.category("web_tour.tours").add("account_bank_feed_demo_connect", {
    steps: () => [
        {
            content: "Nothing is connected, and it is said what to do",
            trigger: ".o_view_nocontent:contains('Connect your first bank')",
        },
        {
            trigger: ".o_list_button_add:visible",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit House bank",
        },
        {
            content: "A select in 18.0, a menu in 19.0",
            trigger: `${CONNECTOR} :is(select, input)`,
            async run(helpers) {
                const isSelect = this.anchor.tagName === "SELECT";
                await (isSelect ? helpers.selectByLabel("Demo bank") : helpers.click());
            },
        },
        {
            trigger: `${CONNECTOR} select, .o_select_menu_item:contains('Demo bank')`,
            async run(helpers) {
                if (this.anchor.tagName !== "SELECT") {
                    await helpers.click();
                }
            },
        },
        {
            content: "It is said what to enter, and nothing else is asked",
            trigger: ".o_form_view:contains('The client is an account'):not(:has([name=private_key]))",
        },
        {
            trigger: ".o_field_widget[name=url] input",
            run: fromBank("url"),
        },
        {
            trigger: ".o_field_widget[name=client_id] input",
            run: fromBank("client_id"),
        },
        {
            trigger: ".o_field_widget[name=client_secret] input",
            run: fromBank("client_secret"),
        },
        {
            trigger: ".o_field_widget[name=authorities] textarea",
            run: fromBank("authorities"),
        },
        {
            trigger: "button[name=action_connect]:contains('Connect')",
            run: "click",
        },
        {
            content: "The account is found by itself, and has no journal",
            trigger: ".o_bank_feed_next:contains('Choose below in which journal')",
        },
        {
            content: "The secret is kept and not shown",
            trigger: ".o_form_view .badge:contains('kept')",
        },
        {
            trigger: "button[name=action_make_journal]",
            run: "click",
        },
        {
            trigger: "button[name=action_start_feeds]",
            run: "click",
        },
        {
            trigger: ".o_bank_feed_state[data-state=active]:contains('Active')",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});

registry.category("web_tour.tours").add("account_bank_feed_demo_arrived", {
    steps: () => [
        {
            content: "The card tells the balance by the bank, and when it is fetched next",
            trigger: ".o_bank_feed_card:contains('Demo account'):contains('150.00'):contains('Next fetch')",
        },
        {
            content: "The way to the feed",
            trigger: ".o_bank_feed_card:contains('Demo account') .o_bank_feed_status button",
            run: "click",
        },
        {
            trigger: ".o_form_view:contains('Balance by the bank'):contains('150.00')",
        },
        {
            trigger: "button[name=action_windows]",
            run: "click",
        },
        {
            trigger: ".o_data_row:has(.o_bank_feed_state[data-state=fetched]) td[name=feed_id]",
            run: "click",
        },
        {
            content: "One file with the two transactions",
            trigger: ".o_form_view .o_data_row td[name=transaction_count]:contains(2)",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
