"""What is wrong with a rule, told so that finance can mend it, in any language."""

from __future__ import annotations


class RuleError(ValueError):
    """A rule that makes no sense: ``problem`` with ``params``, to be translated.

    >>> str(RuleError("The pattern is longer than %(most)s characters", most=200))
    'The pattern is longer than 200 characters'
    """

    def __init__(self, problem: str, **params):
        super().__init__(problem % params)
        self.problem = problem
        self.params = params
