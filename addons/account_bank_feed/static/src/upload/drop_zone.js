import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { Component, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";

const ROUTE = "/account_bank_feed/upload";
const FIELDS = [
    "name",
    "company_id",
    "state",
    "transaction_count",
    "reconciled_count",
    "review_count",
    "duplicate_count",
    "ignored_count",
    "explanation",
    "error",
    "error_line",
    "error_element",
    "error_expected",
    "error_found",
    "asks",
    "question",
];
const AT_WORK = ["received", "processing"];
const BADGES = {
    received: "bg-info-subtle text-info-emphasis",
    processing: "bg-info-subtle text-info-emphasis",
    done: "bg-success-subtle text-success-emphasis",
    unconfirmed: "bg-warning-subtle text-warning-emphasis",
    quarantined: "bg-warning-subtle text-warning-emphasis",
    refused: "bg-danger-subtle text-danger-emphasis",
    failed: "bg-danger-subtle text-danger-emphasis",
    removed: "text-bg-secondary",
    set_aside: "text-bg-secondary",
};
/** How often the imports are asked for, in milliseconds: often at first, then now and then. */
const SOON = 1500;
const LATER = 10000;
const SOON_FOR = 120000;

let zones = 0;

/** Takes statement files by drop or by choice, and shows what becomes of them. */
export class BankFeedDropZone extends Component {
    static template = "account_bank_feed.DropZone";
    static props = {
        /** Where the files belong, if that is known: journal_id, company_id. */
        params: { type: Object, optional: true },
        /** Is told of the imports whenever something became of one. */
        onChange: { type: Function, optional: true },
    };
    static defaultProps = { params: {} };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.fieldService = useService("field");
        // A dialog with a zone may open over a page that has one, too.
        this.inputId = `o_bank_feed_files_${++zones}`;
        this.hintId = `o_bank_feed_hint_${zones}`;
        this.state = useState({
            isDragging: false,
            isUploading: false,
            fileCount: 0,
            error: "",
            imports: [],
        });
        this.importIds = [];
        this.timer = null;

        // A file dropped beside the zone must not make the browser leave the page.
        useExternalListener(window, "dragover", (ev) => ev.preventDefault());
        useExternalListener(window, "drop", (ev) => ev.preventDefault());
        onWillStart(async () => {
            const [fields, [{ company_ids }]] = await Promise.all([
                this.fieldService.loadFields("bank.import", { fieldNames: ["state"] }),
                this.orm.read("res.users", [user.userId], ["company_ids"]),
            ]);
            this.stateLabels = Object.fromEntries(fields.state.selection);
            // A file is booked where its account is kept, be that company on the screen or not.
            this.companyIds = company_ids;
        });
        onWillUnmount(() => clearTimeout(this.timer));
    }

    // ------------------------------------------------------------------
    // Files in
    // ------------------------------------------------------------------

    onDragLeave(ev) {
        if (!ev.currentTarget.contains(ev.relatedTarget)) {
            this.state.isDragging = false;
        }
    }

    onDrop(ev) {
        this.state.isDragging = false;
        this.upload([...ev.dataTransfer.files]);
    }

    onChoose(ev) {
        const files = [...ev.target.files];
        ev.target.value = ""; // so that the same file can be chosen again
        this.upload(files);
    }

    /**
     * All files go in one request, so that they are received together or not at all.
     *
     * @param {File[]} files
     */
    async upload(files) {
        if (!files.length || this.state.isUploading) {
            return;
        }
        Object.assign(this.state, { isUploading: true, fileCount: files.length, error: "" });
        try {
            const received = await this.send(files);
            this.importIds.push(...received.map(({ import_id }) => import_id));
            this.pollSoonUntil = Date.now() + SOON_FOR;
        } catch (error) {
            this.state.error = error.message;
        }
        this.state.isUploading = false;
        await this.refresh();
    }

    /**
     * @param {File[]} files
     * @returns {Promise<{import_id: number, name: string}[]>}
     */
    async send(files) {
        const form = new FormData();
        form.append("csrf_token", odoo.csrf_token);
        for (const key of ["journal_id", "company_id"]) {
            if (this.props.params[key]) {
                form.append(key, this.props.params[key]);
            }
        }
        for (const file of files) {
            form.append("ufile", file);
        }
        let response;
        try {
            response = await fetch(ROUTE, { method: "POST", body: form });
        } catch {
            throw new Error(
                _t("The files did not arrive. Check the connection and the files, then try again.")
            );
        }
        if (response.status === 413) {
            throw new Error(_t("The files are too large to be sent at once. Send fewer, or smaller ones."));
        }
        const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
        if (!isJson) {
            throw new Error(_t("The files were not taken. Reload the page, then try again."));
        }
        const answer = await response.json();
        if (!response.ok) {
            throw new Error(answer.error);
        }
        return answer;
    }

    // ------------------------------------------------------------------
    // What becomes of them
    // ------------------------------------------------------------------

    async refresh() {
        clearTimeout(this.timer);
        if (!this.importIds.length) {
            return;
        }
        try {
            this.state.imports = await this.orm.silent.searchRead(
                "bank.import",
                // A file with accounts of several companies becomes an import in each of them,
                // an archive one for each file in it.
                [
                    "|",
                    "|",
                    ["file_id.import_ids", "in", this.importIds],
                    ["archive_id", "in", this.importIds],
                    ["archive_id.archive_id", "in", this.importIds],
                ],
                FIELDS,
                { context: { ...user.context, allowed_company_ids: this.companyIds } }
            );
            this.tell();
        } finally {
            if (!this.isFinished) {
                const wait = Date.now() < this.pollSoonUntil ? SOON : LATER;
                this.timer = setTimeout(() => this.refresh(), wait);
            }
        }
    }

    tell() {
        const now = JSON.stringify(this.state.imports.map(({ id, state }) => [id, state]));
        if (now !== this.told) {
            this.told = now;
            this.props.onChange?.(this.state.imports);
        }
    }

    get isFinished() {
        return this.state.imports.every(({ state }) => !AT_WORK.includes(state));
    }

    isAtWork(record) {
        return AT_WORK.includes(record.state);
    }

    badge(record) {
        return BADGES[record.state];
    }

    counts(record) {
        const parts = [_t("Transactions: %s", record.transaction_count)];
        if (this.companyIds.length > 1) {
            parts.unshift(record.company_id[1]);
        }
        if (record.reconciled_count) {
            parts.push(_t("Reconciled: %s", record.reconciled_count));
        }
        if (record.review_count) {
            parts.push(_t("To review: %s", record.review_count));
        }
        if (record.duplicate_count) {
            parts.push(_t("Duplicates: %s", record.duplicate_count));
        }
        if (record.ignored_count) {
            parts.push(_t("Ignored: %s", record.ignored_count));
        }
        return parts.join(" · ");
    }

    /** Where the error is and what was expected, in as many words as are known. */
    place(record) {
        const parts = [
            record.error_line && _t("Line %s", record.error_line),
            record.error_element && _t("in %s", record.error_element),
            record.error_expected && _t("expected: %s", record.error_expected),
            record.error_found && _t("found: %s", record.error_found),
        ];
        return parts.filter(Boolean).join(" · ");
    }

    async open(record) {
        if (record.state === "unconfirmed" && record.asks === "layout") {
            const columns = await this.orm.call("bank.import", "action_show_columns", [record.id]);
            return this.action.doAction(columns);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "bank.import",
            res_id: record.id,
            views: [[false, "form"]],
        });
    }
}
