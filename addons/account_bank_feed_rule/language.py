"""Explanations in the language of an environment: its words, its dates, its amounts."""

from decimal import Decimal

from odoo.addons.account_bank_feed.told import says
from odoo.tools import format_amount, format_date

from .matching import RuleError, evidence_in, explain_data, explain_objections
from .matching.wording import Language, all_said

BY_THOUSANDS = ("[3,0]", "[3, 0]")
"""How languages say that digits stand in groups of three."""


def language_of(env):
    """How explanations are written in the environment's language: amounts as on all screens.

    English ones stand as they are in the source, with dates that mean the same to every reader of
    English.

    :rtype: matching.wording.Language
    """
    code = env.lang or "en_US"
    known = env.cr.cache.setdefault("bank_feed_languages", {})  # every transaction asks for one
    if code not in known:
        known[code] = _language(env, code)
    return known[code]


def _language(env, code):
    lang = env["res.lang"]._lang_get(code)
    writers = {}

    def amount(number):
        number = Decimal(number)
        digits = max(0, -number.as_tuple().exponent)
        if not lang:  # English, where it is switched off
            return str(number)
        return lang.format(f"%.{digits}f", float(number), grouping=True)

    def money(number, currency_code):
        if currency_code not in writers:
            currency = _currency(env, currency_code)
            writers[currency_code] = currency and _writer(env, currency, lang, code)
        write = writers[currency_code]
        return write(float(number)) if write else f"{amount(number)} {currency_code}"

    if code == "en_US":
        return Language(amount=amount, money=money)
    # The sentences of the matching core are marked for translation where they stand.
    return Language(env._, lambda day: format_date(env, day, lang_code=code), amount, money)


def _writer(env, currency, lang, code):
    """What writes as ``format_amount`` does, which looks up language and currency every time."""

    def anything(number):
        return format_amount(env, number, currency, lang_code=code)

    def usual(number):
        return before + f"{number:,.{places}f}".translate(signs) + after

    if not lang or lang.grouping not in BY_THOUSANDS:
        return anything
    places = currency.decimal_places
    zero = lang.format(f"%.{places}f", 0.0, grouping=True)
    before, _zero, after = anything(0.0).partition(zero)
    signs = str.maketrans({",": lang.thousands_sep or "", ".": lang.decimal_point})
    return lambda number: anything(number) if number < 0 else usual(number)


def _currency(env, code):
    """The currency, also where it is switched off."""
    currencies = env["res.currency"].with_context(active_test=False)
    return currencies.search([("name", "=", code)], limit=1)


@says("decision")
def _decision(env, reasons=(), **kept):
    return explain_data(reasons=evidence_in(reasons), language=language_of(env), **kept)


@says("objections")
def _objections(env, reasons):
    return explain_objections(evidence_in(reasons), language_of(env))


@says("evidence")
def _evidence(env, reasons):
    return "; ".join(all_said(evidence_in(reasons), language_of(env)))


@says("matched_before")
def _matched_before(env, why):
    return env._("It was matched before: %s", why)


@says("matched_by")
def _matched_by(env, user, why):
    return env._("Matched by %(user)s: %(why)s", user=user, why=why)


def problem_of(env, error):
    """What is wrong with a rule, in the environment's language.

    :param ValueError error: of the matching core
    """
    if isinstance(error, RuleError):
        return env._(error.problem, **error.params)  # pylint: disable=translation-not-lazy
    return str(error)
