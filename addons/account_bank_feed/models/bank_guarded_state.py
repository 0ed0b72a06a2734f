from odoo import models
from odoo.exceptions import AccessError, UserError

# An object that no remote caller can put into a context: contexts travel as JSON.
_GUARD = object()


class BankGuardedState(models.AbstractModel):
    """A record whose state changes through :meth:`_set_state` and in no other way."""

    _name = "bank.guarded.state"
    _description = "Record with a Guarded State"

    _state_transitions = {}
    """From each state, the states that may follow it."""

    def _set_state(self, state, why, event=None, **values):
        """Move to ``state``, write ``values`` with it, and say so in the audit log.

        The one way to change a state.

        :param why: the reason in words, kept in the audit log
        :param event: name of the event in the audit log, the new state by default
        :raises UserError: when the record's present state does not allow it
        """
        before = {record.id: record.state for record in self}
        for record in self:
            if state != record.state and state not in self._state_transitions[record.state]:
                raise UserError(
                    self.env._(
                        "%(record)s is %(before)s and cannot become %(after)s.",
                        record=record.display_name,
                        before=record.state,
                        after=state,
                    )
                )
        self.with_context(bank_feed_guard=_GUARD).write({**values, "state": state})
        self.env["bank.audit.log"]._record(
            event or state, [(record, before[record.id], state, why) for record in self]
        )

    def write(self, vals):
        if "state" in vals and self.env.context.get("bank_feed_guard") is not _GUARD:
            raise AccessError(
                self.env._("The state of %s changes through its actions only.", self._description)
            )
        return super().write(vals)

    def _authorise(self, role):
        """These records with elevated rights, for a user who has ``role`` and may read them.

        :raises AccessError: when the user lacks the role or may not see a record
        """
        self.env["bank.guarded.state"]._require_role(role)
        self.check_access("read")
        return self.sudo()

    def _require_role(self, role):
        group = f"account_bank_feed.group_{role}"
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._("To do this you need the role %s.", self.env.ref(group).sudo().full_name)
            )
