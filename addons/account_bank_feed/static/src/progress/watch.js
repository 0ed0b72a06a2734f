import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/** How long to wait until the imports are asked again how far they are, in milliseconds. */
const PAUSE = 2000;
/** And how many times as long as the last answer took: a busy server is asked more rarely. */
const TIMES = 4;
const FIELDS = ["state", "progress_text", "progress_share"];

/**
 * Asks for all imports that are watched at once, however many the screen shows. Nothing is
 * asked while none is watched, or while nobody can see the page.
 */
export const watchService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        const watchers = new Set();
        let timer = null;
        let isAsking = false;
        let took = 0;

        function plan() {
            clearTimeout(timer);
            if (watchers.size && !isAsking && !document.hidden) {
                timer = setTimeout(ask, Math.max(PAUSE, TIMES * took));
            }
        }

        async function ask() {
            const started = Date.now();
            isAsking = true;
            try {
                const ids = [...new Set([...watchers].map(({ id }) => id))];
                const rows = await orm.silent.searchRead("bank.import", [["id", "in", ids]], FIELDS);
                const byId = Object.fromEntries(rows.map((row) => [row.id, row]));
                for (const { id, onNews } of watchers) {
                    if (byId[id]) {
                        onNews(byId[id]);
                    }
                }
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    watchers.clear(); // rather than to show the same error again and again
                    throw error;
                }
            } finally {
                isAsking = false;
                took = Date.now() - started;
                plan();
            }
        }

        document.addEventListener("visibilitychange", plan);

        /**
         * @param {number} id of a bank.import
         * @param {(row: Object) => void} onNews gets its FIELDS
         * @returns {() => void} ends it
         */
        return function watch(id, onNews) {
            const watcher = { id, onNews };
            watchers.add(watcher);
            if (watchers.size === 1) {
                plan();
            }
            return () => {
                watchers.delete(watcher);
                plan();
            };
        };
    },
};

registry.category("services").add("bank_feed_watch", watchService);
