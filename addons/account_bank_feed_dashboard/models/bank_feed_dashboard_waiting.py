from odoo import api, models
from odoo.addons.account_bank_feed.admission import Cause
from odoo.addons.account_bank_feed.models.bank_transaction import DOUBTFUL

OPEN = ("pending", "processed", "error", "quarantined")
"""States of transactions that something or somebody has to go on with."""

BOOKING_DATE = ("bank.transaction", "booking_date")
END_DATE = ("bank.import.statement", "end_date")
RECEIVED_AT = ("bank.import", "received_at")
CREATE_DATE = ("bank.import.batch", "create_date")


class BankFeedDashboard(models.AbstractModel):
    """What is open, over all time: by state, and what waits for a person by kind and age."""

    _inherit = "bank.feed.dashboard"

    @api.model
    def waiting(self):
        """What is open in the companies on the screen.

        :return: ``states``, one figure for each; ``ages``, the labels of the columns, and
            ``exceptions``, the rows that have something in them
        """
        self._require_viewer()
        rows = [self._exception(*kind) for kind in self._kinds()]
        return {
            "states": self._open_states(),
            "ages": [label for _name, label, _first, _end in self._ages()],
            "exceptions": [row for row in rows if row["all"]["value"]],
        }

    def _open_states(self):
        domain = [*self._of_companies(), ("state", "in", OPEN)]
        groups = self.env["bank.transaction"]._read_group(domain, ["state"], ["__count"])
        return self._state_ways(OPEN, dict(groups), self._of_companies())

    def _state_ways(self, states, counts, domain):
        labels = dict(
            self.env["bank.transaction"]._fields["state"]._description_selection(self.env)
        )
        return [
            {
                "state": state,
                **self._way(
                    labels[state],
                    "bank.transaction",
                    [*domain, ("state", "=", state)],
                    counts.get(state, 0),
                ),
            }
            for state in states
        ]

    def _kinds(self):
        """What may keep a person busy: name, label, where its age is found, domain."""
        return [
            *self._kinds_of_transactions(),
            *self._kinds_of_statements(),
            *self._kinds_of_files(),
            (
                "batch",
                self.env._("Batch could not be booked"),
                CREATE_DATE,
                [("state", "=", "failed")],
            ),
        ]

    def _kinds_of_transactions(self):
        suspense = ("state", "=", "processed")
        labels = {
            "suggested": self.env._("On suspense, with suggestions"),
            "unknown": self.env._("On suspense, without suggestion"),
            "error": self.env._("Could not be booked"),
            "doubtful": self.env._("May be a duplicate"),
        }
        domains = {
            "suggested": [suspense, ("suggestion_ids", "!=", False)],
            "unknown": [suspense, ("suggestion_ids", "=", False)],
            "error": [("state", "=", "error")],
            "doubtful": DOUBTFUL,
        }
        return [(name, label, BOOKING_DATE, domains[name]) for name, label in labels.items()]

    def _kinds_of_statements(self):
        causes = self.env["bank.import.statement"]._fields["cause"]
        waits = ("state", "=", "quarantined")
        for cause, label in causes._description_selection(self.env):
            label = self.env._("Statement in quarantine: %s", label)
            yield f"statement_{cause}", label, END_DATE, [waits, ("cause", "=", cause)]
        yield (
            "statement",
            self.env._("Statement in quarantine"),
            END_DATE,
            [waits, ("cause", "not in", [cause.value for cause in Cause])],
        )

    def _kinds_of_files(self):
        labels = {
            "unconfirmed": self.env._("File needs an answer"),
            "refused": self.env._("File was refused"),
            "failed": self.env._("File could not be read"),
        }
        for state, label in labels.items():
            yield f"file_{state}", label, RECEIVED_AT, [("state", "=", state)]

    def _exception(self, name, label, dated, domain):
        model, date = dated
        domain = [*self._of_companies(), *domain]
        days = self.env[model]._read_group(domain, [f"{date}:day"], ["__count"])
        ages = []
        for _age, age_label, first, end in self._ages():
            count = sum(count for day, count in days if _is_within(day, first, end))
            between = [*domain, *self._between(model, date, first, end)]
            ages.append(self._waiting_way(f"{label}, {age_label}", model, between, count))
        total = sum(count for _day, count in days)
        return {"kind": name, "all": self._waiting_way(label, model, domain, total), "ages": ages}

    def _waiting_way(self, label, model, domain, count):
        """Of transactions to the screen for deciding, of all else to its list."""
        return {**self._way(label, model, domain, count), "review": model == "bank.transaction"}


def _is_within(day, first, end):
    """:param day: a date, or the start of one"""
    day = day.date() if hasattr(day, "date") else day
    return (not first or day >= first) and (not end or day < end)
