"""Who follows the entries, and what their chatter says of their making."""

from dataclasses import dataclass

from markupsafe import Markup

from .rows import Rows, insert, link


@dataclass(frozen=True, slots=True)
class Note:
    """What the chatter of each entry says, as specimens show it.

    On 18.0 the partner of an entry follows it, on 19.0 no more.
    """

    body: str
    partner_follows: bool

    @classmethod
    def of(cls, env, specimens):
        """:param specimens: at least one with a partner, if any entry has one"""
        author = env.user.partner_id.id
        messages = {message for one in specimens for message in one.messages}
        return cls(
            body=messages.pop()[1] if len(messages) == 1 else "",
            partner_follows=any(
                one.move["partner_id"] in {who for who, _subtypes in one.followers} - {author}
                for one in specimens
                if one.move["partner_id"]
            ),
        )

    def differences(self, env, specimens):
        """What the specimens show otherwise than we would write it."""
        partners = self._partners(env, {one.move["partner_id"] for one in specimens})
        subtypes = self._subtypes(env, partners)
        expected = ((env.ref("mail.mt_note").id, self.body, env.user.partner_id.id),)
        found = set()
        for one in specimens:
            followers = self._followers(env, partners, one.move["partner_id"])
            if one.followers != {(who, subtypes[who]) for who in followers}:
                found.add("mail.followers")
            if one.messages != expected:
                found.add("mail.message")
        return sorted(found)

    def post(self, moves):
        """Their followers, and the message that says that they were made."""
        moves._track_discard()
        env = moves.env
        partners = self._partners(env, set(moves.partner_id.ids))
        subtypes = self._subtypes(env, partners)
        follows = [
            (move.id, who)
            for move in moves
            for who in self._followers(env, partners, move.partner_id.id)
        ]
        followers = Rows(
            env["mail.followers"].sudo(),
            {"res_model": moves._name},
            [{"res_id": move_id, "partner_id": who} for move_id, who in follows],
        )
        insert(followers)
        link(followers.records, "subtype_ids", [subtypes[who] for _move_id, who in follows])
        first, others = moves[:1], moves[1:]
        note = first._message_log_batch(bodies={first.id: Markup(self.body)})
        insert(Rows.like(note, [{"res_id": move.id} for move in others]))

    def _partners(self, env, ids):
        """Those of the entries' partners who follow what concerns them: ids."""
        if not self.partner_follows:
            return set()
        found = env["res.partner"].sudo().search([("id", "in", list(ids - {False}))])
        return set(found.ids)

    def _followers(self, env, partners, partner_id):
        author = env.user.partner_id.id
        own = [author] if env.user.active else []
        return own + [partner_id] * (partner_id in partners and partner_id != author)

    def _subtypes(self, env, partners):
        """What each would be told, by default: partner id -> ids of message subtypes."""
        new, _known = env["mail.followers"]._add_default_followers(
            "account.move",
            [0],
            [*partners, env.user.partner_id.id],
            customer_ids=None,
            check_existing=False,
        )
        return {row["partner_id"]: frozenset(row["subtype_ids"][0][2]) for row in new.get(0, ())}
