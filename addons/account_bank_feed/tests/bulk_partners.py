"""Whoever pays: what of a partner decides how an entry looks, and who hears of it."""

from odoo import Command

from .bulk_common import BATCH, Payment


class PartnerCases:
    def receipts(self, partners):
        """Receipts of each, so many that they are written in bulk."""
        receivable = self.open_items(self.invoices[0]).account_id
        return [
            Payment(
                10 + number,
                partner=partners[number % len(partners)],
                account=receivable if number % 2 else None,
            )
            for number in range(max(BATCH, 2 * len(partners)))
        ]

    def make_partners(self, *values):
        return self.env["res.partner"].create(
            [{"name": f"Partner {number}", **each} for number, each in enumerate(values)]
        )

    def make_bank_accounts(self, *values):
        return self.env["res.partner.bank"].create(
            [
                {"acc_number": f"9000-{number}", "allow_out_payment": True, **each}
                for number, each in enumerate(values)
            ]
        )

    def test_partners_with_bank_accounts(self):
        one, two, three, four = self.make_partners({}, {}, {}, {"is_company": True})
        other = self.make_company("Other")
        (contact,) = self.make_partners({"parent_id": four.id})
        self.make_bank_accounts(
            {"partner_id": one.id},
            {"partner_id": one.id, "company_id": self.company.id},
            {"partner_id": two.id, "company_id": other.id},
            {"partner_id": three.id, "active": False},
            {"partner_id": four.id, "company_id": self.company.id, "allow_out_payment": False},
        )
        receipts = self.receipts(one | two | three | four | contact)
        for payment in receipts[::4]:
            payment.amount = -payment.amount
        for payment in receipts[::3]:
            payment.iban = "9000-0"
        self.assert_same_books(receipts)

    def test_fiscal_positions(self):
        positions = self.env["account.fiscal.position"]
        france, italy, austria = (self.env.ref(f"base.{code}") for code in ("fr", "it", "at"))
        own, abroad, strict, zipped = positions.create(
            [
                {"name": "Own"},
                {"name": "Abroad", "auto_apply": True, "country_id": france.id, "sequence": -9},
                {
                    "name": "With number",
                    "auto_apply": True,
                    "country_id": italy.id,
                    "vat_required": True,
                    "sequence": -9,
                },
                {
                    "name": "Some towns",
                    "auto_apply": True,
                    "country_id": austria.id,
                    "zip_from": "1000",
                    "zip_to": "2000",
                    "sequence": -9,
                },
            ]
        )
        partners = self.make_partners(
            {},
            {"country_id": france.id},
            {"country_id": france.id, "property_account_position_id": own.id},
            {"country_id": italy.id},
            {"country_id": italy.id, "vat": "IT12345670017"},
            {"country_id": austria.id, "zip": "1010"},
            {"country_id": austria.id, "zip": "4020"},
            {"country_id": self.company.country_id.id},
            {"country_id": self.env.ref("base.us").id},
        )
        delivered, plain, child = self.make_partners(
            {"country_id": self.company.country_id.id, "is_company": True},
            {"country_id": self.company.country_id.id, "is_company": True},
            {"country_id": france.id},
        )
        self.make_partners(
            {"parent_id": delivered.id, "type": "delivery", "country_id": france.id},
            {"parent_id": plain.id, "type": "invoice", "country_id": italy.id},
        )
        child.parent_id = partners[2]
        books = self.assert_same_books(self.receipts(partners | delivered | plain | child))
        found = {row.get("fiscal_position_id") for row in books["account_move"].values()}
        self.assertLessEqual({own.id, abroad.id, strict.id, zipped.id}, found)

    def test_preferred_payment_methods(self):
        one, two, three, four = self.make_partners({}, {}, {}, {})
        inbound = self.journal.inbound_payment_method_line_ids[0]
        outbound = self.journal.outbound_payment_method_line_ids[0]
        one.property_inbound_payment_method_line_id = inbound
        one.property_outbound_payment_method_line_id = outbound
        two.property_outbound_payment_method_line_id = outbound
        (three.child_ids,) = [self.make_partners({"parent_id": one.id})]
        receipts = self.receipts(one | two | three | four)
        for payment in receipts[::3]:
            payment.amount = -payment.amount
        self.assert_same_books(receipts)

    def test_contacts_of_a_company(self):
        parent, other = self.make_partners({"is_company": True}, {})
        contacts = self.make_partners(
            {"parent_id": parent.id},
            {"parent_id": parent.id, "type": "invoice"},
            {"parent_id": parent.id, "is_company": True},
            {"parent_id": other.id, "type": "other"},
            {"name": False, "parent_id": parent.id, "type": "delivery"},
        )
        invoices = self.make_documents(BATCH, contacts, first=500)
        self.assert_same_books(self.receipts(parent | other | contacts) + self.paid(invoices))

    def test_partners_that_were_archived(self):
        gone, parent = self.make_partners({}, {"is_company": True})
        contacts = self.make_partners({"parent_id": parent.id}, {"parent_id": parent.id})
        invoices = self.make_documents(BATCH, gone | contacts, first=500)
        (gone | contacts[0] | parent).active = False
        self.assert_same_books(self.receipts(gone | contacts | parent) + self.paid(invoices))

    def test_partners_who_are_of_the_house(self):
        """The company itself, its users, among them the one who imports, and a former one."""
        user, former, portal = (self.make_user() for _number in range(3))
        former.active = False
        portal.write(
            {
                "group_ids" if "group_ids" in portal._fields else "groups_id": [
                    Command.set(self.env.ref("base.group_portal").ids)
                ]
            }
        )
        house = self.company.partner_id | self.env.user.partner_id | user.partner_id
        house |= former.partner_id | portal.partner_id
        invoices = self.make_documents(BATCH, house, first=500)
        house |= self.env.ref("base.public_partner")
        self.assert_same_books(self.receipts(house) + self.paid(invoices))

    def test_partners_with_settings_of_their_own(self):
        group = {"ref": "C-1", "lang": "en_US", "is_company": True}
        private = {"company_id": self.company.id, "email": "x@example.com", "comment": "<p>Hm</p>"}
        term = self.env["account.payment.term"].search([], limit=1)
        partners = self.make_partners(
            group, private, {"property_payment_term_id": term.id, "is_company": True}
        )
        self.assert_same_books(self.receipts(partners))

    def test_ranks_grow_as_stock_lets_them(self):
        payable = self.vendors[0].property_account_payable_id
        new, child = self.make_partners({"is_company": True}, {})
        child.parent_id = new
        payments = self.receipts(new | child | self.customers[0])
        payments += [Payment(-9, account=payable, partner=self.vendors[0]) for _ in range(5)]
        payments += [Payment(-8, account=payable, partner=new) for _ in range(5)]
        books = self.assert_same_books(payments)
        self.assertIn("res_partner", books)

    def test_who_follows_an_invoice_is_told(self):
        """Some invoices are followed by somebody who wants to know that they are paid."""
        subtype = self.env.ref("account.mt_invoice_paid")
        person = self.make_user().partner_id
        person.email = "person@example.com"
        for invoice in self.invoices[::3]:
            invoice.message_subscribe(partner_ids=person.ids, subtype_ids=subtype.ids)
        books = self.assert_same_books(self.paid(self.invoices))
        self.assertEqual(len(books["mail_notification"]), len(self.invoices[::3]))
