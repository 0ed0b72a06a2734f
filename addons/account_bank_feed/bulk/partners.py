"""What an entry takes over from its partner, for many partners at once."""


def fiscal_positions(env, company, partner_ids):
    """The fiscal position that Odoo gives to an entry of each partner: id -> id or False.

    Odoo asks the database once more for each partner. What it decides by is the same for most of
    them, so it is asked once for each of the different ones.
    """
    positions = env["account.fiscal.position"].with_company(company)
    has_zip = any(
        positions.search(
            [*positions._check_company_domain(company), ("auto_apply", "=", True)]
        ).mapped("zip_from")
    )
    found, known = {False: False}, {}
    for partner in env["res.partner"].with_company(company).browse(sorted(partner_ids - {False})):
        delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
        key = (
            _decides(partner, has_zip),
            _decides(delivery, has_zip) if delivery != partner else None,
        )
        if key not in known:
            known[key] = positions._get_fiscal_position(partner, delivery=delivery).id
        found[partner.id] = known[key]
    return found


def _decides(partner, has_zip):
    """Whatever of a partner decides its fiscal position."""
    return (
        partner.property_account_position_id.id,
        partner.country_id.id,
        partner.state_id.id,
        has_zip and partner.zip,
        (partner.vat or "")[:2],
        # What the VIES says of a number, where it is asked.
        "vies_valid" in partner and (partner.perform_vies_validation, partner.vies_valid),
    )
