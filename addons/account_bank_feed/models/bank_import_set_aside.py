from datetime import timedelta

from odoo import fields, models

AS_MUCH = 0.95
"""Of a damaged file's bytes, how many must stand in a good one at its beginning and its end."""
LEAST = 500
"""Bytes: less of a file is what all files of a format begin with."""
LOOK_BACK = timedelta(days=62)
BROKEN = ("refused", "failed")


class BankImport(models.Model):
    """Files of which nothing came into the books, and that no longer wait for a person.

    Such a file is set aside by somebody, or because its statement came whole in another file.
    """

    _inherit = "bank.import"

    settled_by_id = fields.Many2one(
        "bank.import",
        "Came whole in",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The good file of the same statement.",
    )

    def action_set_aside(self, reason=None):
        """Nobody need look at these broken files any more; Retry takes them up again."""
        imports = self._authorise("operator").filtered(lambda r: r.state in BROKEN)
        imports._set_state("set_aside", reason or "")
        for record in imports:
            record.message_post(
                body=record._in_company_language()._(
                    "Set aside by %(user)s: %(why)s", user=self.env.user.name, why=reason or "–"
                )
            )

    def _settle_broken(self):
        """Set aside what was refused, and has come whole with this import."""
        self.ensure_one()
        broken = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", BROKEN),
                ("received_at", ">=", fields.Datetime.now() - LOOK_BACK),
                ("file_id.size", ">=", LEAST),
                ("file_id.size", "<=", self.size / AS_MUCH),
            ]
        )
        content = broken and self.file_id._open().getvalue()
        for record in broken:
            if _is_part_of(record.file_id._open().getvalue(), content):
                record._set_state(
                    "set_aside",
                    f"came whole in {self.name}",
                    event="settled",
                    settled_by_id=self.id,
                )
                record.message_post(
                    body=record._in_company_language()._(
                        "Set aside: what it was to bring came whole in %s.", self.name
                    )
                )


def _is_part_of(broken, whole):
    """Whether a file is another one, cut off or damaged in one place.

    >>> whole = bytes(range(200))
    >>> _is_part_of(whole[:120], whole), _is_part_of(whole[:90] + b"?" + whole[91:], whole)
    (True, True)
    >>> _is_part_of(whole[:40] + b"?" * 60, whole)
    False
    """
    head = _common(broken, whole)
    tail = _common(broken[head:][::-1], whole[head:][::-1])
    return head + tail >= len(broken) * AS_MUCH


def _common(one, other):
    """How many bytes they have in common from their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
