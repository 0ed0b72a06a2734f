"""Who follows the entries, and what their chatter says of their making."""

from markupsafe import Markup


class Chatter:
    """The chatter of entries, as specimens show it.

    :param specimens: see specimen.py; at least one with a partner, if any entry has one
    """

    def __init__(self, env, specimens):
        self.env = env
        self.author = env.user.partner_id
        self.specimens = specimens
        partners = {one.move["partner_id"] for one in specimens} - {False}
        # On 18.0 the partner of an entry follows it, on 19.0 no more.
        self.partner_follows = any(
            partner in {follower for follower, _subtypes in one.followers} - {self.author.id}
            for one in specimens
            for partner in partners
        )

    def differences(self, rows):
        """What the specimens show otherwise than we would write it.

        :param rows: anything with the ``partner_id`` of each entry
        """
        partners = self._partners(rows)
        subtypes = self._subtypes(partners | self.author)
        found = set()
        for one in self.specimens:
            followers = self._followers(partners, one.move["partner_id"])
            if one.followers != {(who, subtypes[who]) for who in followers}:
                found.add("mail.followers")
        note = self.env.ref("mail.mt_note").id
        messages = {one.messages for one in self.specimens}
        if (
            {len(each) for each in messages} != {1}
            or len(messages) != 1
            or [each[::2] for (each,) in messages] != [(note, self.author.id)]
        ):
            found.add("mail.message")
        return sorted(found)

    def write(self, moves):
        """Their followers, and the message that says that they were made."""
        moves._track_discard()
        partners = self._partners({"partner_id": move.partner_id.id} for move in moves)
        subtypes = self._subtypes(partners | self.author)
        self.env["mail.followers"].sudo().with_context(default_partner_id=False).create(
            [
                {
                    "res_model": moves._name,
                    "res_id": move.id,
                    "partner_id": who,
                    "subtype_ids": [(6, 0, sorted(subtypes[who]))],
                }
                for move in moves
                for who in self._followers(partners, move.partner_id.id)
            ]
        )
        ((_subtype, body, _author),) = self.specimens[0].messages
        moves._message_log_batch(bodies=dict.fromkeys(moves.ids, Markup(body)))

    def _partners(self, rows):
        """Partners among those of the entries who follow what concerns them."""
        ids = {row["partner_id"] for row in rows} - {False}
        if not self.partner_follows:
            return self.env["res.partner"]
        return self.env["res.partner"].sudo().search([("id", "in", list(ids))])

    def _followers(self, partners, partner_id):
        own = [self.author.id] if self.env.user.active else []
        return own + [partner_id] * (partner_id in partners.ids and partner_id not in own)

    def _subtypes(self, partners):
        """What each would be told, by default: partner id -> ids of message subtypes."""
        new, _known = self.env["mail.followers"]._add_default_followers(
            "account.move", [0], partners.ids, customer_ids=None, check_existing=False
        )
        return {row["partner_id"]: frozenset(row["subtype_ids"][0][2]) for row in new.get(0, ())}
