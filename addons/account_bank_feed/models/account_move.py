from odoo import models

from ..bulk import tracking
from ..bulk.only_here import TAKES_NO_NUMBER, has_key

ABOVE_ALL_NUMBERS = 900_000_000


class AccountMove(models.Model):
    _inherit = "account.move"

    def _locked_increment(self, format_string, format_values):
        """A specimen is taken back: its number holds up nobody and is like no other."""
        if has_key(self, TAKES_NO_NUMBER):
            number = ABOVE_ALL_NUMBERS + self.id % 90_000_000
            return format_string.format(**{**format_values, "seq": number})
        return super()._locked_increment(format_string, format_values)

    def _message_track(self, fields_iter, initial_values_dict):
        """What is paid by a whole batch says so in one go."""
        if not tracking.is_wanted(self):
            return super()._message_track(fields_iter, initial_values_dict)
        done = self.browse()
        for moves, subtype, commands in tracking.alike(self, fields_iter, initial_values_dict):
            done += tracking.post(moves, subtype, commands)
        # What it returns is asked for templates only, of which documents have none.
        return super(AccountMove, self - done)._message_track(fields_iter, initial_values_dict)

    def _message_create(self, values_list):
        captured = self.env.context.get(tracking.CAPTURE)
        if captured is not None:
            captured += [dict(values) for values in values_list]
        return super()._message_create(values_list)
