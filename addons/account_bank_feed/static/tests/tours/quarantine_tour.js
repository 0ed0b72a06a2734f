import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("account_bank_feed_quarantine", {
    steps: () => [
        {
            content: "Who uploaded it is told who has to confirm it; this is somebody else",
            trigger: ".o_form_view .alert:contains(Opening balance not confirmed)",
        },
        {
            trigger: "button.btn-primary[name=action_confirm_opening]",
            run: "click",
        },
        {
            trigger: ".modal:contains(opening entry of your ledger) .btn-primary",
            run: "click",
        },
        {
            content: "It is checked again, and the form says by itself what came of it",
            trigger: ".o_form_view .alert:contains(It is being checked again)",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains(In the books)",
        },
    ].map((step) => ({ timeout: 60000, ...step })), // machines may be slow
});
