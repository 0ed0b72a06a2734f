"""Explanations in the language of an environment: its words, its dates, its amounts."""

from decimal import Decimal

from odoo.tools import format_date

from .matching import RuleError
from .matching.wording import ENGLISH, Language


def language_of(env):
    """How explanations are written in the environment's language.

    English ones stand as they are in the source, with dates and amounts that mean the same to
    every reader of English.

    :rtype: matching.wording.Language
    """
    code = env.lang or "en_US"
    if code == "en_US":
        return ENGLISH
    lang = env["res.lang"]._lang_get(code)

    def amount(number):
        number = Decimal(number)
        digits = max(0, -number.as_tuple().exponent)
        return lang.format(f"%.{digits}f", float(number), grouping=True)

    # The sentences of the matching core are marked for translation where they stand.
    return Language(env._, lambda day: format_date(env, day, lang_code=code), amount)


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
