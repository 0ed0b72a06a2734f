import { ConnectionLostError } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { onMounted, onWillUnmount, useExternalListener } from "@odoo/owl";

const NEWS = "bank_feed/changed";
/** How long to wait from one answer to the next question, in milliseconds: at least, and … */
const PAUSE = 3000;
/** … where no news come. */
const WITHOUT_NEWS = 60000;
/** And how many times as long as the last answer took: a busy server is asked more rarely. */
const TIMES = 4;

/**
 * Asks again whenever something happened in the companies on the screen, as Odoo's bus tells;
 * not while nobody can see the page. Without the bus it asks now and then.
 *
 * @param {() => Promise} ask
 * @param {() => boolean} isBusy something goes on of which no news come
 * @returns {() => void} to be called when something happened here
 */
export function useNews(ask, isBusy) {
    const bus = useService("bus_service");
    let timer = null;
    let isAsking = false;
    let isGone = false;
    let hasNews = false;
    let answeredAt = 0;
    let took = 0;

    function plan() {
        clearTimeout(timer);
        if (isAsking || isGone || document.hidden) {
            return;
        }
        const pause = hasNews || isBusy() ? Math.max(PAUSE, TIMES * took) : WITHOUT_NEWS;
        timer = setTimeout(askAgain, Math.max(0, answeredAt + pause - Date.now()));
    }

    async function askAgain() {
        const started = Date.now();
        isAsking = true;
        hasNews = false;
        try {
            await ask();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                isGone = true; // rather than to show the same error again and again
                throw error;
            }
        } finally {
            isAsking = false;
            answeredAt = Date.now();
            took = answeredAt - started;
            plan();
        }
    }

    function onHappened() {
        hasNews = true;
        plan();
    }

    function onNews({ company_ids }) {
        const shown = user.context.allowed_company_ids || [];
        if (company_ids.some((id) => shown.includes(id))) {
            onHappened();
        }
    }

    useExternalListener(document, "visibilitychange", plan);
    onMounted(() => {
        bus.subscribe(NEWS, onNews);
        bus.start();
        askAgain();
    });
    onWillUnmount(() => {
        isGone = true;
        clearTimeout(timer);
        bus.unsubscribe(NEWS, onNews);
    });
    return onHappened;
}
