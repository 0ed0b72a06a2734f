"""Identifiers with check digits: IBANs and the structured references of several countries.

Sources: ISO 13616 (IBAN), ISO 11649 (RF), Swiss Implementation Guidelines QR-bill (QRR), Febelfin
(OGM/VCS), Finance Finland (viitenumero), Bits AS (KID, modulo 10).
"""

from random import Random

LAYOUTS = {
    "DE": "nnnnnnnnnnnnnnnnnn",
    "AT": "nnnnnnnnnnnnnnnn",
    "CH": "nnnnnnnnnnnnnnnnn",
    "NL": "aaaannnnnnnnnn",
    "BE": "nnnnnnnnnnnn",
    "FR": "nnnnnnnnnnnnnnnnnnnnnnn",
    "FI": "nnnnnnnnnnnnnn",
    "NO": "nnnnnnnnnnn",
    "DK": "nnnnnnnnnnnnnn",
    "SE": "nnnnnnnnnnnnnnnnnnnn",
    "GB": "aaaannnnnnnnnnnnnn",
    "PL": "nnnnnnnnnnnnnnnnnnnnnnnn",
    "IT": "annnnnnnnnnnnnnnnnnnnnn",
    "LT": "nnnnnnnnnnnnnnnn",
}
"""What follows the check digits of an IBAN: n is a digit, a is a letter."""

SORT_CODES = ("10050000", "20050550", "25050180", "37040044", "43060967", "50010517", "70150000")
MOD10_CARRIES = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def mod97(text: str) -> int:
    """The remainder by 97, letters counting A = 10 to Z = 35."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def iban(rng: Random, country: str = "DE") -> str:
    """A valid IBAN of nobody.

    >>> mod97("370400440532013000" + "DE89")
    1
    """
    basic = "".join(
        rng.choice("ABCDEHKLNRS") if sign == "a" else str(rng.randrange(10))
        for sign in LAYOUTS[country]
    )
    if country == "DE":
        basic = rng.choice(SORT_CODES) + basic[8:]
    return f"{country}{98 - mod97(basic + country + '00'):02d}{basic}"


def creditor_reference(body: str) -> str:
    """ISO 11649.

    >>> creditor_reference("539007547034")
    'RF18539007547034'
    """
    return f"RF{98 - mod97(body + 'RF00'):02d}{body}"


def swiss_reference(digits: str) -> str:
    """Swiss QR reference, 27 digits, recursive modulo 10.

    >>> swiss_reference("21000000000313947143000901")
    '210000000003139471430009017'
    """
    body, carry = digits.rjust(26, "0"), 0
    for digit in body:
        carry = MOD10_CARRIES[(carry + int(digit)) % 10]
    return body + str(-carry % 10)


def belgian_reference(digits: str) -> str:
    """Belgian structured communication.

    >>> belgian_reference("0909337554")
    '+++090/9337/55493+++'
    """
    body = digits.rjust(10, "0")
    whole = body + f"{int(body) % 97 or 97:02d}"
    return f"+++{whole[:3]}/{whole[3:7]}/{whole[7:]}+++"


def finnish_reference(digits: str) -> str:
    """Finnish reference, weights 7-3-1 from the right.

    >>> finnish_reference("123456")
    '1234561'
    """
    body = digits.lstrip("0")
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def norwegian_reference(digits: str) -> str:
    """KID with a modulo 10 (Luhn) check digit.

    >>> norwegian_reference("234567")
    '2345676'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return digits + str(-total % 10)
