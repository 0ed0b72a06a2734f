"""Explanations in the language of an environment: its words, its dates, its amounts."""

from decimal import Decimal

from odoo.tools import format_amount, format_date

from .matching import RuleError
from .matching.wording import Language


def language_of(env):
    """How explanations are written in the environment's language: amounts as on all screens.

    English ones stand as they are in the source, with dates that mean the same to every reader of
    English.

    :rtype: matching.wording.Language
    """
    code = env.lang or "en_US"
    lang = env["res.lang"]._lang_get(code)

    def amount(number):
        number = Decimal(number)
        digits = max(0, -number.as_tuple().exponent)
        if not lang:  # English, where it is switched off
            return str(number)
        return lang.format(f"%.{digits}f", float(number), grouping=True)

    def money(number, currency_code):
        currency = _currency(env, currency_code)
        if not currency:
            return f"{amount(number)} {currency_code}"
        return format_amount(env, float(number), currency, lang_code=code)

    if code == "en_US":
        return Language(amount=amount, money=money)
    # The sentences of the matching core are marked for translation where they stand.
    return Language(env._, lambda day: format_date(env, day, lang_code=code), amount, money)


def _currency(env, code):
    """The currency, also where it is switched off; all are looked up once a transaction."""
    ids = env.cr.cache.get("bank_feed_currencies")
    if ids is None:
        currencies = env["res.currency"].with_context(active_test=False).search([])
        ids = env.cr.cache["bank_feed_currencies"] = {one.name: one.id for one in currencies}
    return env["res.currency"].browse(ids.get(code))


def language_of_company(company):
    """How explanations are written that all people of a company read."""
    return language_of(company.with_context(lang=company.partner_id.lang).env)


def problem_of(env, error):
    """What is wrong with a rule, in the environment's language.

    :param ValueError error: of the matching core
    """
    if isinstance(error, RuleError):
        return env._(error.problem, **error.params)  # pylint: disable=translation-not-lazy
    return str(error)
