import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

import {
    asList,
    DATES,
    DELIMITERS,
    ENCODINGS,
    groupOf,
    isNumber,
    ROLES,
    rolesOf,
    rowKind,
    withHeader,
    withRole,
} from "./draft";

/** As many rows are shown at most. */
const MANY = 40;
/** Settings of a profile that are lists. */
const LISTS = ["dates", "encodings"];

/** Shows a table's own rows with the columns drawn on them, and lets a person put them right. */
export class BankFeedColumns extends Component {
    static template = "account_bank_feed.Columns";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.layout = { controlPanel: {} };
        this.ROLES = ROLES;
        this.MANY = MANY;
        this.importId = this.props.action.context.active_id;
        this.state = useState({
            found: null,
            asked: {},
            answers: {},
            label: "",
            journalId: false,
            journals: [],
            error: "",
            isWorking: false,
            isSaving: false,
        });
        onWillStart(() => this.load());
    }

    async load() {
        if (!this.importId) {
            this.state.error = _t("Open this screen from an import.");
            return;
        }
        await this.ask(null);
        const { found } = this.state;
        if (!found) {
            return;
        }
        this.state.label = found.label;
        this.state.journals = await this.orm.searchRead(
            "account.journal",
            [
                ["type", "in", ["bank", "cash", "credit"]],
                ["company_id", "=", found.company_id],
            ],
            ["display_name"]
        );
        const [journal, ...others] = this.state.journals;
        this.state.journalId = found.journal_id || (!others.length && journal?.id) || false;
    }

    /**
     * Let the server read the file by a draft, and show what comes out.
     *
     * @param {Object | null} draft null to let everything be found
     */
    async ask(draft) {
        this.state.isWorking = true;
        try {
            const found = await this.keepLast.add(
                this.orm.silent.call("bank.import", "preview_layout", [
                    [this.importId],
                    draft,
                    { ...this.state.answers },
                ])
            );
            this.state.found = withRows(found, this.state.found);
            for (const question of this.found.questions) {
                this.state.asked[question.key] = question;
            }
            this.state.error = "";
        } catch (error) {
            this.state.error = messageOf(error);
        }
        this.state.isWorking = false;
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get found() {
        return this.state.found;
    }

    get draft() {
        return this.found.draft;
    }

    /** What is open, and what was answered, so that it can be answered otherwise. */
    get questions() {
        const open = this.found.questions.map(({ key }) => key);
        return Object.values(this.state.asked).filter(
            ({ key }) => open.includes(key) || key in this.state.answers
        );
    }

    get roles() {
        return rolesOf(this.draft);
    }

    /** Every column that a row has, with or without a title. */
    get columns() {
        const roles = this.roles;
        const width = Math.max(roles.length, ...this.found.rows.map((row) => row.length));
        return Array.from({ length: width }, (_, index) => {
            const role = roles[index] || "";
            const name = this.found.titles[index] || _t("Column %s", index + 1);
            return {
                index,
                role,
                hasTitle: index < roles.length,
                question: _t("What is the column %s?", name),
                cssClass: role ? `o_bank_feed_column_${groupOf(role)}` : "o_bank_feed_column_none",
                cellClass: isNumber(role) ? "text-end" : "",
            };
        });
    }

    get rows() {
        const { rows, header_row: headerRow } = this.found;
        const tags = { before: _t("before"), header: _t("titles"), footer: _t("end"), row: "" };
        return rows.map((cells, index) => {
            const kind = rowKind(this.draft, rows, headerRow, index);
            const question = _t("Row %s holds the titles", index + 1);
            return { cells, index, kind, question, tag: tags[kind] };
        });
    }

    get isText() {
        return Boolean(this.found.delimiter || this.found.encoding);
    }

    get dates() {
        return choices(DATES, asList(this.draft.dates)[0]);
    }

    get delimiters() {
        return choices(DELIMITERS, this.found.delimiter);
    }

    get encodings() {
        return choices(ENCODINGS, this.found.encoding);
    }

    get decimals() {
        return choices({ ".": _t("Point  .  as in 1234.56"), ",": _t("Comma  ,  as in 1234,56") }, this.draft.decimal || ".");
    }

    get thousands() {
        return choices(
            {
                "": _t("None"),
                ".": _t("Point  ."),
                ",": _t("Comma  ,"),
                " ": _t("Blank"),
                "'": _t("Apostrophe  '"),
            },
            this.draft.thousands || ""
        );
    }

    get orders() {
        return choices(
            {
                auto: _t("As the dates show"),
                oldest_first: _t("Oldest first"),
                newest_first: _t("Newest first"),
            },
            this.draft.order || "auto"
        );
    }

    get signHint() {
        const roles = this.roles;
        if (roles.includes("sign")) {
            return _t("By the words in the column of signs:");
        }
        if (roles.includes("debit") || roles.includes("credit")) {
            return _t("By the columns of money in and money out.");
        }
        return "";
    }

    has(role) {
        return this.roles.includes(role);
    }

    text(key) {
        return asList(this.draft[key]).join(", ");
    }

    /** With the month as a word: its order with the day may be just what is asked. */
    date(transaction) {
        return deserializeDate(transaction.date).toLocaleString(luxon.DateTime.DATE_MED);
    }

    /** Whether a person must say which journal such files are of. */
    get needsJournal() {
        const { statement } = this.found;
        return Boolean(statement && !statement.account && !this.has("account"));
    }

    get mayConfirm() {
        const { found, isWorking, isSaving, label, error } = this.state;
        const isRead = found?.statement && !found.problem && !found.questions.length && !error;
        return Boolean(isRead && found.may_confirm && label.trim() && !isWorking && !isSaving);
    }

    get whyNot() {
        const { found } = this.state;
        if (!found) {
            return "";
        }
        if (!found.may_confirm) {
            return _t("An accountant has to confirm the columns.");
        }
        if (found.questions.length) {
            return _t("Answer the questions first.");
        }
        if (found.problem || !found.statement) {
            return _t("The file cannot be read like this yet.");
        }
        return this.state.label.trim() ? "" : _t("Give the profile a name.");
    }

    // ------------------------------------------------------------------
    // What a person changes
    // ------------------------------------------------------------------

    /**
     * What a person changes comes before what was answered, should they contradict.
     *
     * @param {Object} draft
     * @param {string} key of what was changed in it
     */
    async change(draft, key) {
        await this.ask(draft);
        if (JSON.stringify(this.draft[key]) !== JSON.stringify(draft[key])) {
            this.state.answers = {};
            await this.ask(draft);
        }
    }

    set(key, value) {
        return this.change({ ...this.draft, [key]: value }, key);
    }

    /** One of the selections at the side. */
    choose(key, ev) {
        const { value } = ev.target;
        if (key === "delimiter") {
            return this.setDelimiter(value);
        }
        return this.set(key, LISTS.includes(key) ? [value] : value);
    }

    setRole(index, ev) {
        return this.change(withRole(this.draft, index, ev.target.value), "columns");
    }

    setHeader(index) {
        return this.change(withHeader(this.draft, this.found.rows[index], index), "header");
    }

    /** Other cells have other titles: those of the row that held them before. */
    async setDelimiter(delimiter) {
        const row = this.found.header_row ?? this.draft.lines_before ?? 0;
        await this.set("delimiter", delimiter);
        if (this.found.header_row === null && row < this.found.rows.length) {
            await this.setHeader(row);
        }
    }

    setList(key, ev) {
        const values = ev.target.value.split(",").map((word) => word.trim());
        return this.set(key, values.filter(Boolean));
    }

    setCode(key, ev) {
        return this.set(key, ev.target.value.trim().toUpperCase() || null);
    }

    setJournal(ev) {
        this.state.journalId = Number(ev.target.value) || false;
    }

    answer(question, value) {
        this.state.answers = { ...this.state.answers, [question.key]: value };
        return this.ask(this.draft);
    }

    startAgain() {
        this.state.answers = {};
        return this.ask(null);
    }

    // ------------------------------------------------------------------
    // In the end
    // ------------------------------------------------------------------

    async confirm() {
        this.state.isSaving = true;
        try {
            await this.orm.call("bank.import", "confirm_layout", [
                [this.importId],
                this.draft,
                this.state.label,
                this.needsJournal && this.state.journalId,
                { ...this.state.answers },
            ]);
            this.notification.add(
                _t("Confirmed. The file is read now, and others of this kind from now on."),
                { type: "success" }
            );
            await this.openImport();
        } catch (error) {
            this.state.error = messageOf(error);
        }
        this.state.isSaving = false;
    }

    openImport() {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "bank.import",
                res_id: this.importId,
                views: [[false, "form"]],
            },
            { stackPosition: "replaceCurrentAction" }
        );
    }
}

/** A draft that is half done may show no rows; those that were there before stay in sight. */
function withRows(found, before) {
    if (found.rows.length || !before) {
        return found;
    }
    const { rows, header_row, titles, encoding, delimiter } = before;
    return { ...found, rows, header_row, titles, encoding, delimiter };
}

/** Value and label of each choice, the present one among them even if it is unusual. */
function choices(known, present) {
    const all = Object.entries(known);
    if (present && !(present in known)) {
        all.unshift([present, present]);
    }
    return all.map(([value, label]) => ({ value, label, isPresent: value === (present ?? "") }));
}

/** What the server said about an error that it foresaw; others go their usual way. */
function messageOf(error) {
    const message = error.data?.message;
    if (!message) {
        throw error;
    }
    return message;
}

registry.category("actions").add("account_bank_feed.columns", BankFeedColumns);
