import { _t } from "@web/core/l10n/translation";

/** What a column can be, in the groups in which they are offered. The keys are those of profiles. */
export const ROLES = [
    {
        name: "date",
        label: _t("Date"),
        roles: { booking_date: _t("Booking date"), value_date: _t("Value date") },
    },
    {
        name: "amount",
        label: _t("Amount"),
        roles: {
            amount: _t("Amount"),
            debit: _t("Money out"),
            credit: _t("Money in"),
            sign: _t("Sign (in or out)"),
            currency: _t("Currency"),
            balance: _t("Running balance"),
            charges: _t("Charges"),
            original_amount: _t("Foreign amount"),
            original_currency: _t("Foreign currency"),
        },
    },
    {
        name: "party",
        label: _t("Counterparty"),
        roles: {
            name: _t("Name"),
            payer: _t("Payer"),
            payee: _t("Payee"),
            iban: _t("IBAN or account"),
            payer_iban: _t("Payer's account"),
            payee_iban: _t("Payee's account"),
            bank_code: _t("Bank code"),
            bic: _t("BIC"),
        },
    },
    {
        name: "text",
        label: _t("Text"),
        roles: {
            remittance: _t("Remittance"),
            reference: _t("Structured reference"),
            end_to_end_id: _t("End-to-end id"),
            mandate_id: _t("Mandate"),
            creditor_id: _t("Creditor id"),
            bank_reference: _t("Bank's reference"),
            code: _t("Kind of booking"),
            status: _t("Status (pending)"),
        },
    },
    { name: "account", label: _t("Account"), roles: { account: _t("Own account") } },
];

const NUMBERS = ["amount", "debit", "credit", "balance", "charges", "original_amount"];

export const DATES = {
    "%d.%m.%Y": "31.12.2026",
    "%d.%m.%y": "31.12.26",
    "%d/%m/%Y": "31/12/2026",
    "%d/%m/%y": "31/12/26",
    "%m/%d/%Y": "12/31/2026",
    "%m/%d/%y": "12/31/26",
    "%d-%m-%Y": "31-12-2026",
    "%m-%d-%Y": "12-31-2026",
    "%Y-%m-%d": "2026-12-31",
    "%Y/%m/%d": "2026/12/31",
    "%Y.%m.%d": "2026.12.31",
    "%Y%m%d": "20261231",
};

export const DELIMITERS = {
    ",": _t("Comma  ,"),
    ";": _t("Semicolon  ;"),
    "\t": _t("Tabulator"),
    "|": _t("Bar  |"),
};

export const ENCODINGS = {
    "utf-8": _t("Unicode (UTF-8)"),
    "utf-16": _t("Unicode (UTF-16)"),
    cp1252: _t("Western European (Windows)"),
    "iso8859-15": _t("Western European (ISO)"),
    cp1250: _t("Central European (Windows)"),
    "iso8859-2": _t("Central European (ISO)"),
    cp852: _t("Central European (DOS)"),
    cp1253: _t("Greek (Windows)"),
    cp1254: _t("Turkish (Windows)"),
    cp1257: _t("Baltic (Windows)"),
    cp1251: _t("Cyrillic (Windows)"),
};

/** @returns {string} of which group a role is, by which it is coloured */
export function groupOf(role) {
    return ROLES.find(({ roles }) => role in roles)?.name;
}

export function isNumber(role) {
    return NUMBERS.includes(role);
}

export function asList(value) {
    return value === undefined || value === null ? [] : [value].flat();
}

/** The titles by which a draft calls its columns; a title may be worded otherwise in the file. */
function titlesOf(draft) {
    return asList(draft.header);
}

/** How a draft calls a column: by its title, or by its place where that is not enough. */
function columnName(titles, index) {
    const key = tidy(titles[index]);
    if (!key) {
        return `#${index + 1}`;
    }
    const places = placesOf(titles, key);
    return places.length > 1 ? `${titles[index].trim()}#${places.indexOf(index) + 1}` : titles[index].trim();
}

/** The opposite of `columnName`; -1 for a column that the file lacks. */
function columnIndex(titles, name) {
    const [exact] = placesOf(titles, tidy(name));
    if (exact !== undefined) {
        return exact;
    }
    const [, title, number] = /^(.*)#(\d+)$/.exec(name) || [];
    const places = title ? placesOf(titles, tidy(title)) : titles.map((_, index) => index);
    return number ? (places[Number(number) - 1] ?? -1) : -1;
}

function placesOf(titles, key) {
    return titles.flatMap((title, index) => (tidy(title) === key ? [index] : []));
}

function tidy(title) {
    return (title || "").replaceAll("\ufeff", "").trim().toLowerCase();
}

/** What each column is, by a draft: a role, or nothing for columns that are not used. */
export function rolesOf(draft) {
    const titles = titlesOf(draft);
    const found = titles.map(() => "");
    for (const [role, names] of Object.entries(draft.columns || {})) {
        for (const name of asList(names)) {
            const index = columnIndex(titles, name);
            if (index >= 0) {
                found[index] = role;
            }
        }
    }
    return found;
}

/** The draft with other titles, or another meaning of its columns. */
function withRoles(draft, titles, roles) {
    const columns = {};
    roles.forEach((role, index) => {
        if (role && index < titles.length) {
            (columns[role] ||= []).push(columnName(titles, index));
        }
    });
    const changed = { ...draft, header: titles, columns };
    if (!columns.sign) {
        delete changed.debit_signs;
        delete changed.credit_signs;
    }
    if (!columns.status) {
        delete changed.pending;
    }
    return changed;
}

/** The draft with another meaning of one column. Several may be texts or parties, others are one. */
export function withRole(draft, index, role) {
    const roles = rolesOf(draft);
    if (["date", "amount", "account"].includes(groupOf(role))) {
        roles.forEach((other, place) => other === role && (roles[place] = ""));
    }
    roles[index] = role;
    return withRoles(draft, titlesOf(draft), roles);
}

/** The draft with another row as its titles; what the columns mean stays with their places. */
export function withHeader(draft, cells, linesBefore) {
    const titles = cells.map((cell) => cell.trim());
    while (titles.length && !titles.at(-1)) {
        titles.pop();
    }
    const changed = withRoles(draft, titles, rolesOf(draft));
    delete changed.headerless;
    if (!linesBefore) {
        delete changed.preamble;
    }
    return { ...changed, lines_before: linesBefore };
}

/** What kind of row it is for the profile. */
export function rowKind(draft, rows, headerRow, index) {
    if (headerRow !== null && index < headerRow) {
        return "before";
    }
    if (index === headerRow) {
        return "header";
    }
    const first = tidy(rows[index][0]).replace(/:$/, "");
    const isLast = Object.keys(draft.footer || {}).some((key) => tidy(key) === first);
    return isLast ? "footer" : "row";
}
