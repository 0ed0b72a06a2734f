from . import enablebanking_bank
