from odoo.addons.account_bank_feed_rule.tests.common import CUSTOMER_IBAN, RuleCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestReviewRead(RuleCase):
    """What the review screen is told, and people and their comments."""

    def told(self, record, user=None):
        if user:
            record = record.with_env(self.env_of(user))
        return record.review_read()

    def test_it_tells_what_the_bank_said_and_what_is_suggested(self):
        self.make_invoice(55, name="RE/2026/00001")
        paid = self.pay(
            54,
            "RE/2026/00001 minus one",
            name="Customer",
            end_to_end_id="E2E-7",
        )
        [values] = self.told(paid)
        self.assertEqual(values["title"], "Customer")
        self.assertEqual(values["booking_date"], "2026-01-10")
        self.assertEqual(values["amount"], 54)
        self.assertEqual(values["amount_text"], paid.currency_id.format(54))
        self.assertEqual([fact["value"] for fact in values["facts"]], ["E2E-7"])
        [suggestion, *_others] = values["suggestions"]
        self.assertEqual(suggestion["label"], "RE/2026/00001")
        self.assertEqual(suggestion["items"][0]["residual"], 55)
        self.assertIn("RE/2026/00001", suggestion["evidence"])
        self.assertTrue(values["can"]["decide"])
        self.assertFalse(values["can"]["undo"])

    def test_what_is_more_likely_wrong_than_right_is_not_chosen_by_itself(self):
        self.make_invoice(55, name="RE/2026/00001")
        paid = self.pay(54, "RE/2026/00001 minus one")
        suggestion = paid.sudo().suggestion_ids[:1]
        for score, suggest_from, is_likely in (
            (27, 20, False),
            (49, 20, False),
            (50, 20, True),
            (70, 80, False),
        ):
            suggestion.score = score
            suggestion.transaction_id.rule_id.suggest_score = suggest_from
            [values] = self.told(paid)
            shown = values["suggestions"][0]["is_likely"]
            self.assertEqual(shown, is_likely, (score, suggest_from))

    def test_what_is_settled_meanwhile_has_no_points_and_stands_last(self):
        self.make_invoice(200, name="RE/2026/00001")
        self.make_invoice(200, name="RE/2026/00002")
        paid = self.pay(200, "thanks", iban=CUSTOMER_IBAN)
        first = self.told(paid)[0]["suggestions"][0]
        self.pay(200, first["label"], name=self.partner_a.name)
        self.env.invalidate_all()
        [values] = self.told(paid)
        shown = {one["id"]: one["score"] for one in values["suggestions"]}
        self.assertEqual(list(shown)[-1], first["id"])
        self.assertEqual(shown[first["id"]], 0)
        self.assertEqual(paid.best_score, max(shown.values()))

    def test_after_undo_it_says_so_and_why_it_needed_a_person(self):
        self.make_invoice(200, name="RE/2026/00001")
        self.make_invoice(200, name="RE/2026/00002")
        paid = self.pay(200, "thanks", iban=CUSTOMER_IBAN)
        warning = paid.explanation[paid.explanation.index("Not posted") :]
        paid.review_accept({"suggestion_id": paid.suggestion_ids[0].id})
        self.assertNotIn(warning, paid.explanation)
        paid.action_undo("wrong invoice")
        [values] = self.told(paid)
        user = self.env.user.name
        self.assertEqual(values["explanation"], f"Undone by {user}. wrong invoice. {warning}")

    def test_where_it_is_booked_to_is_told(self):
        self.make_invoice(55, name="RE/2026/00001")
        [values] = self.told(self.pay(55, "RE/2026/00001", name=self.partner_a.name))
        self.assertEqual(values["state"], "reconciled")
        self.assertEqual([row["document"] for row in values["booked"]], ["RE/2026/00001"])
        self.assertTrue(values["can"]["undo"])
        self.assertFalse(values["suggestions"])

    def test_who_may_look_is_told_that_he_may_not_decide(self):
        paid = self.pay(54, "Thank you")
        [values] = self.told(paid, self.make_user("viewer"))
        self.assertFalse(values["can"]["decide"])
        self.assertTrue(values["source"]["file_url"])

    def test_another_company_sees_nothing(self):
        paid = self.pay(54, "Thank you")
        stranger = self.make_user("accountant", companies=self.make_company("Other"))
        self.assertEqual(self.told(paid, stranger), [])
        theirs = paid.with_env(self.env_of(stranger))
        for name, arguments in {
            "review_search": ["x"],
            "review_accounts": ["4"],
            "review_alike": [],
            "review_comments": [],
            "review_people": [],
            "action_review_ask": [],
            "review_assign": [False],
        }.items():
            with self.assertRaises(AccessError, msg=name):
                getattr(theirs, name)(*arguments)

    def test_it_is_told_in_the_order_that_was_asked_for(self):
        one, two = self.pay(54, "One"), self.pay(55, "Two")
        self.assertEqual([v["id"] for v in self.told(two + one)], [two.id, one.id])

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def test_a_transaction_is_assigned_and_the_person_is_told(self):
        paid = self.pay(54, "Thank you")
        someone = self.make_user("accountant")
        self.assertIn(someone.id, [one["id"] for one in paid.review_people()])
        paid.review_assign(someone.id)
        self.assertEqual(self.told(paid)[0]["assigned"]["id"], someone.id)
        self.assertEqual(self.trail("assign", paid).after, someone.name)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", someone.partner_id.ids), ("model", "=", paid._name)]
        )
        self.assertEqual(len(told), 1)
        paid.review_assign(False)
        self.assertFalse(self.told(paid)[0]["assigned"])

    def test_who_may_not_decide_is_assigned_nothing(self):
        paid = self.pay(54, "Thank you")
        viewer = self.make_user("viewer")
        self.assertNotIn(viewer.id, [one["id"] for one in paid.review_people()])
        with self.assertRaisesRegex(UserError, "may not decide"):
            paid.review_assign(viewer.id)
        stranger = self.make_user("accountant", companies=self.make_company("Other"))
        with self.assertRaisesRegex(UserError, "does not work"):
            paid.review_assign(stranger.id)

    def test_a_comment_is_shown_with_its_author(self):
        paid = self.pay(54, "Thank you")
        viewer = self.make_user("viewer")
        viewer.email = "viewer@example.com"
        theirs = paid.with_env(self.env_of(viewer))
        theirs.message_post(body="Is this ours?", message_type="comment")
        [comment] = paid.review_comments()
        self.assertEqual(comment["author"], viewer.partner_id.display_name)
        self.assertIn("Is this ours?", comment["body_html"])
        self.assertEqual(self.told(paid)[0]["messages"], 1)

    def test_a_colleague_is_asked_in_a_dialog(self):
        paid = self.pay(54, "Thank you")
        action = paid.action_review_ask()
        # The screen opens it as it comes: only buttons have their views looked up.
        self.assertEqual(action["views"], [(False, "form")])
        composer = self.env[action["res_model"]].with_context(**action["context"]).create({})
        composer.body = "Is this ours?"
        composer.action_send_mail()
        self.assertIn("Is this ours?", paid.review_comments()[0]["body_html"])

    def test_nobody_follows_or_is_told_when_a_transaction_comes_in(self):
        paid = self.pay(54, "Thank you")
        self.assertFalse(paid.message_follower_ids)
        self.assertFalse(paid.message_ids)
