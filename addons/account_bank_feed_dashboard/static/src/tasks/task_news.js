import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const AT_WORK = ["waiting", "running"];

/** “142 of 145 done, 3 failed”, as the server says it. */
export function resultOf({ done, total, failed }) {
    return failed
        ? _t("%(done)s of %(total)s done, %(failed)s failed", { done, total, failed })
        : _t("%(done)s of %(total)s done", { done, total });
}

/**
 * Hears over the bus how far the user's background tasks are, and says when one has ended.
 * Components may listen too, with the function that the service is.
 */
export const taskNewsService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service, notification }) {
        const listeners = new Set();

        function openFailures(id) {
            return action.doAction({
                type: "ir.actions.act_window",
                res_model: "bank.feed.task",
                res_id: id,
                views: [[false, "form"]],
            });
        }

        function tellEnd(task) {
            const isFine = task.state === "done" && !task.failed;
            const message = [resultOf(task), task.error].filter(Boolean).join(". ");
            const close = notification.add(message, {
                title: task.name,
                type: isFine ? "success" : "warning",
                sticky: !isFine,
                buttons: isFine
                    ? []
                    : [
                          {
                              name: task.failed ? _t("Show what failed") : _t("Show"),
                              primary: true,
                              onClick: () => {
                                  close();
                                  openFailures(task.id);
                              },
                          },
                      ],
            });
        }

        bus_service.subscribe("bank_feed/task", (task) => {
            for (const listener of listeners) {
                listener(task);
            }
            if (!AT_WORK.includes(task.state)) {
                tellEnd(task);
            }
        });
        bus_service.start();

        /**
         * @param {(task: Object) => void} listener gets id, name, state, total, done, failed
         * @returns {() => void} ends it
         */
        return function listen(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        };
    },
};

registry.category("services").add("bank_feed_task_news", taskNewsService);
