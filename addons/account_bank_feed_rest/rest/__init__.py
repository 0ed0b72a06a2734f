"""What a bank's REST interface looks like, as a declaration; plain Python, no Odoo."""

from .asking import ask
from .errors import BrokenAnswer, ProfileError
from .lines import (
    account_values,
    balance_values,
    items_of,
    line_values,
    moment,
    parse,
    selected,
    text,
    utc,
)
from .pace import Pace
from .paging import Request
from .paths import find, find_all
from .profile import Profile, fill, profile_from, shipped
from .signing import signed
from .verdicts import verdict
