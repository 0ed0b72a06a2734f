import { registry } from "@web/core/registry";

import { ReviewController } from "./controller";

/**
 * The review screen is a view of transactions, so that search, favourites, companies, address
 * and breadcrumbs are those of every other list. It has a model of its own.
 */
export const reviewView = {
    type: "kanban",
    Controller: ReviewController,
    searchMenuTypes: ["filter", "favorite"],
};

registry.category("views").add("bank_feed_review", reviewView);
