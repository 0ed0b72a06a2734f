"""Settings for the property tests."""

from hypothesis import settings

# No database of examples beside the code; the machine's speed is not what is tested.
settings.register_profile("bank_statement_format", database=None, deadline=None, max_examples=60)
settings.load_profile("bank_statement_format")
