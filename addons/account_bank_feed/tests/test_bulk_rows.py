"""Rows that are inserted by the thousand leave what `create` leaves: rows, and a true cache."""

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..bulk.rows import Rows, insert, link, new_ids

PARTNER = {"active": True, "type": "contact", "autopost_bills": "ask"}


@tagged("post_install", "-at_install")
class TestRows(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tags = cls.env["res.partner.category"]
        cls.parent = cls.tags.create({"name": "Parent"})

    def _insert(self, *names, **same):
        same = {"active": True, "color": 3, **same}
        (tags,) = insert(Rows(self.tags, same, [{"name": name} for name in names]))
        return tags

    def test_the_database_has_what_was_given(self):
        tags = self._insert("One", "Two", parent_id=self.parent.id)
        self.env.invalidate_all()
        self.assertEqual(tags.mapped("name"), ["One", "Two"])
        self.assertEqual(tags.mapped("color"), [3, 3])
        self.assertEqual(tags.parent_id, self.parent)
        self.assertEqual(set(tags.mapped("create_uid")), {self.env.user})

    def test_the_cache_has_it_too(self):
        tags = self._insert("One", "Two", parent_id=self.parent.id)
        with self.assertQueryCount(0):
            self.assertEqual(tags.mapped("name"), ["One", "Two"])
            self.assertFalse(tags.child_ids, "nothing can belong to what is new")

    def test_what_was_cached_of_their_parent_grows(self):
        first = self._insert("One", parent_id=self.parent.id)
        self.assertEqual(self.parent.child_ids, first)
        second = self._insert("Two", parent_id=self.parent.id)
        self.assertEqual(self.parent.child_ids, first | second)

    def test_what_depends_on_them_is_computed_again(self):
        partner = self.env["res.partner"].create({"name": "Whole"})
        self.assertFalse(partner.child_ids)
        same = {**PARTNER, "parent_id": partner.id}
        (part,) = insert(Rows(self.env["res.partner"], same, [{"name": "Part"}]))
        self.assertEqual(part.commercial_partner_id, partner)
        self.assertEqual(part.complete_name, "Whole, Part")

    def test_a_copy_keeps_what_is_empty(self):
        self.env.cr.execute(
            "UPDATE res_partner_category SET color = NULL WHERE id = %s", [self.parent.id]
        )
        (copy,) = insert(Rows.like(self.parent, [{"name": "Copy"}]))
        self.env.cr.execute(
            "SELECT color, active FROM res_partner_category WHERE id = %s", [copy.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (None, True))
        self.assertEqual(copy.name, "Copy")

    def test_rows_of_one_table_may_name_those_of_another(self):
        partners, banks = self.env["res.partner"], self.env["res.partner.bank"]
        (partner_id,) = new_ids(partners, 1)
        partner, account = insert(
            Rows(partners, PARTNER, [{"name": "Owner"}], ids=[partner_id]),
            Rows(banks, {"active": True, "partner_id": partner_id}, [{"acc_number": "DE 12"}]),
        )
        self.assertEqual(account.partner_id, partner)
        self.assertEqual(partner.bank_ids, account)
        self.assertEqual(account.sanitized_acc_number, "DE12")

    def test_relations_are_filled(self):
        tags = self._insert("One", "Two")
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        self.assertFalse(partners.category_id)
        link(partners, "category_id", [tags.ids, tags[:1].ids])
        self.assertEqual(partners[0].category_id, tags)
        self.assertEqual(partners[1].category_id, tags[:1])

    def test_nothing_is_inserted_for_no_rows(self):
        with self.assertQueryCount(0):
            (nothing,) = insert(Rows(self.tags, {"active": True}, []))
        self.assertFalse(nothing)

    def test_who_may_not_create_may_not_insert(self):
        guest = new_test_user(self.env, "rows_guest", groups="base.group_portal")
        with self.assertRaises(AccessError):
            insert(Rows(self.tags.with_user(guest), {"active": True}, [{"name": "Mine"}]))
