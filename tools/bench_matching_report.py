"""What became of each payment of the benchmark, held against the truth, and the totals."""

from collections import Counter, defaultdict
from decimal import Decimal

from account_bank_feed_rule.matching import explain

RIGHT, WRONG, ON_TOP, BELOW, LEFT = OUTCOMES = ("right", "WRONG", "on top", "below", "left")
"""Posted rightly or wrongly; suggested with the right one on top or not; left without."""
BAND = 5
NOTHING = Decimal("0.05")
"""So little too much may be written off as well as left open for the partner."""


def outcome(decision, truth):
    """What became of one payment."""
    if decision.band == "post":
        return RIGHT if is_right(decision, truth) else WRONG
    if decision.band != "suggest" or not decision.candidates:
        return LEFT
    best = decision.candidates[0]
    right = settles(best, truth) or _settles_in_part(best, truth)
    on_top = _ids(best) in truth.plausible if truth.plausible else right
    return ON_TOP if on_top else BELOW


def is_right(decision, truth):
    """Whether what is posted is what the truth says."""
    if truth.answer == "settle":
        settled = decision.settlement
        return bool(settled) and (settles(settled, truth) or _settles_in_part(settled, truth))
    if truth.answer == "transfer":
        return decision.outcome == "transfer"
    if truth.answer == "book":
        return {one.account_id for one in decision.bookings} == {truth.account}
    # Of two payments for one document either may have it.
    return truth.note == "either" and _ids(decision.settlement) in truth.plausible


def settles(candidate, truth):
    """Whether it settles just the documents of the truth, each with the right amount."""
    same_rest = candidate.rest == truth.rest or abs(truth.rest) <= NOTHING
    return _settled(candidate) == dict(truth.settles) and same_rest


def _settles_in_part(candidate, truth):
    """What was paid, with the remainder left open, where that is right too."""
    settled = _settled(candidate)
    paid = sum(amount for _key, amount in truth.settles) + sum(truth.taken_off.values())
    same = settled.keys() == dict(truth.settles).keys()
    return truth.note == "or_partial" and same and sum(settled.values()) == paid


def _settled(candidate):
    return {one.item.id: one.amount for one in candidate.allocations}


def _ids(candidate):
    return frozenset(item.id for item in candidate.items) if candidate else None


def count(decisions, truths):
    """Outcomes by situation; those in which only a person can decide are told apart."""
    found = defaultdict(Counter)
    for truth in truths:
        key = (truth.answer == "nobody", truth.situation)
        found[key][outcome(decisions[truth.payment_id], truth)] += 1
    return found


def table(found):
    """One line for each situation."""
    yield f"{'situation':<36}" + "".join(f"{head:>8}" for head in OUTCOMES)
    for (nobody, situation), counts in sorted(found.items()):
        name = f"{situation}{' (nobody)' if nobody else ''}"
        yield f"{name:<36}" + "".join(f"{counts[head] or '.':>8}" for head in OUTCOMES)


def totals(found):
    """The shares that the targets are about."""
    answered = sum((counts for (nobody, _s), counts in found.items() if not nobody), Counter())
    nobody = sum((counts for (is_nobody, _s), counts in found.items() if is_nobody), Counter())
    every = answered + nobody
    posted, suggested = every[RIGHT] + every[WRONG], answered[ON_TOP] + answered[BELOW]
    rows = (
        ("posted, of those that have an answer", answered[RIGHT] / answered.total(), "97 %"),
        ("right, of all postings", every[RIGHT] / max(posted, 1), "99.95 %"),
        ("right one on top, of suggestions", answered[ON_TOP] / max(suggested, 1), "99 %"),
        ("posted untouched, of all", posted / every.total(), ""),
        ("only a person can decide, of all", nobody.total() / every.total(), ""),
    )
    for what, share, target in rows:
        yield f"{what:<42}{share:>10.3%}  {target}"
    yield f"{'posted where only a person can decide':<42}{nobody[WRONG]:>10}  0"


def calibration(decisions, truths):
    """How often the first candidate is right, by its score."""
    bands = defaultdict(Counter)
    for truth in truths:
        decision = decisions[truth.payment_id]
        if decision.candidates and truth.answer in ("settle", "nobody"):
            best = decision.candidates[0]
            band = bands[min(best.score, 99) // BAND * BAND]
            band["cases"] += 1
            band["right"] += _chance(best, truth)
    yield f"{'score':<10}{'cases':>8}{'right':>9}"
    for low, counts in sorted(bands.items()):
        share = counts["right"] / counts["cases"]
        yield f"{low:>3}…{low + BAND - 1:<6}{counts['cases']:>8}{share:>9.1%}"


def _chance(candidate, truth):
    """How likely a candidate is right; of what is plausible alike, each as much as the others."""
    if truth.settles or not truth.plausible:
        return float(settles(candidate, truth))
    return (_ids(candidate) in truth.plausible) / len(truth.plausible)


def cases(made, decisions, situation, wanted, most):
    """Payments of one situation with what was decided, to see why."""
    documents = {document.id: document for document in made.documents}
    truths = {truth.payment_id: truth for truth in made.truths}
    shown = 0
    for payment in made.payments:
        truth, decision = truths[payment.id], decisions[payment.id]
        became = outcome(decision, truth)
        if situation not in ("", truth.situation) or wanted not in ("", became) or shown == most:
            continue
        shown += 1
        yield f"\n{became}: {payment}\n  {truth}"
        yield from (f"    {documents[key]}" for key, _amount in truth.settles)
        yield f"  {explain(decision)}"
        for one in decision.candidates[:3]:
            evidence = [(each.kind, each.points) for each in one.evidence]
            yield f"    {one.score} {one.points} {one.label} {evidence}"
